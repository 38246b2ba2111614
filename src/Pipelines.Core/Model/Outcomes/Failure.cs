namespace Pipelines.Core;

/// <summary>An error as reports show it: masked text in three parts.</summary>
/// <param name="What">What failed.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Advice">What to do.</param>
/// <param name="ErrorType">The type of the exception.</param>
/// <param name="Kind">What kind of failure it is.</param>
public sealed record Failure(string What, string? Evidence, string? Advice, string ErrorType, FailureKind Kind)
{
    /// <summary>Whether the image that was deployed is to blame: then undoing its deployment also blocks it.</summary>
    /// <value>false</value>
    public bool IsImageAtFault { get; init; }

    internal static Failure From(Exception exception, Model.ITextMasker masker)
    {
        if (exception is PipelineException own)
            return new Failure(masker.Mask(own.What), Masked(own.Evidence), Masked(own.Advice), own.GetType().Name, own.Kind) { IsImageAtFault = own.IsImageAtFault };

        // An error nobody foresaw: what the user needs is the chain of messages and the first place in their own script.
        var evidence = new List<string>();
        for (Exception? inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            evidence.Add($"because of {inner.GetType().Name}: {inner.Message}");
        if (exception.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains(":line ", StringComparison.Ordinal)) is { } frame)
            evidence.Add(frame.Trim());
        return new Failure(masker.Mask($"{exception.GetType().Name}: {exception.Message}"), Masked(evidence.Count == 0 ? null : string.Join('\n', evidence)), null, exception.GetType().Name, FailureKind.Failed);

        string? Masked(string? text) => text is null ? null : masker.Mask(text);
    }

    /// <summary>The parts as one text, a part a line.</summary>
    public override string ToString() => string.Join('\n', new[] { What, Evidence, Advice }.Where(part => !string.IsNullOrWhiteSpace(part)));
}
