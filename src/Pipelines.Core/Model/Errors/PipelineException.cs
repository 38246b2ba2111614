using System.Text;

namespace Pipelines.Core;

/// <summary>An error of a pipeline in three parts: what failed, the evidence, and what to do.</summary>
public abstract class PipelineException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="what">What failed, in one sentence.</param>
    /// <param name="evidence">What was seen: an exit code, the last lines, a status. Several lines are fine.</param>
    /// <param name="advice">What to do, naming the API, the setting or the command.</param>
    /// <param name="innerException">The error underneath.</param>
    protected PipelineException(string what, string? evidence = null, string? advice = null, Exception? innerException = null)
        : base(Compose(what, evidence, advice), innerException)
    {
        What = what;
        Evidence = evidence;
        Advice = advice;
    }

    /// <summary>What failed, in one sentence.</summary>
    public string What { get; }

    /// <summary>What was seen.</summary>
    public string? Evidence { get; }

    /// <summary>What to do.</summary>
    public string? Advice { get; }

    /// <summary>Whether the same call may go through later without any change: network, rate limit, lock. Only such errors are retried.</summary>
    public virtual bool IsTransient => false;

    /// <summary>Whether the image that was deployed is to blame. A failure that says so keeps the image out of the environment until somebody lets it in again; any other only undoes the deployment.</summary>
    /// <remarks>What could not be asked, was not allowed or took too long says nothing about the image.</remarks>
    /// <value>false</value>
    public virtual bool IsImageAtFault => false;

    /// <summary>What kind of failure it is, which decides the exit code.</summary>
    public virtual FailureKind Kind => FailureKind.Failed;

    private static string Compose(string what, string? evidence, string? advice)
    {
        var text = new StringBuilder(what);
        if (!string.IsNullOrWhiteSpace(evidence))
            text.Append('\n').Append(evidence.TrimEnd());
        if (!string.IsNullOrWhiteSpace(advice))
            text.Append('\n').Append(advice);
        return text.ToString();
    }
}
