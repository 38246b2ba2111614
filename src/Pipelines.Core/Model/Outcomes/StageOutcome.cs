namespace Pipelines.Core;

/// <summary>How a stage ended. Failures are values: nothing is thrown past the engine.</summary>
public abstract record StageOutcome
{
    private StageOutcome() { }

    /// <summary>Whether the stage has an output: it succeeded, or its output was restored from an earlier run.</summary>
    public bool HasOutput => this is Succeeded or Restored;

    /// <summary>Whether the stage failed, timed out or was cancelled.</summary>
    public bool IsFailure => this is Failed or TimedOut or Cancelled;

    /// <summary>One lower-case word or two for logs and tables.</summary>
    public abstract string Word { get; }

    /// <summary>It did its work.</summary>
    public sealed record Succeeded : StageOutcome
    {
        internal Succeeded(object? output) => Output = output;

        internal object? Output { get; }

        /// <inheritdoc/>
        public override string Word => "succeeded";
    }

    /// <summary>Its output was taken from an earlier run.</summary>
    public sealed record Restored : StageOutcome
    {
        internal Restored(object? output) => Output = output;

        internal object? Output { get; }

        /// <inheritdoc/>
        public override string Word => "restored";
    }

    /// <summary>It failed.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(Failure Failure) : StageOutcome
    {
        /// <inheritdoc/>
        public override string Word => "failed";
    }

    /// <summary>Its time was over.</summary>
    /// <param name="Limit">The time it had.</param>
    /// <param name="Failure">What it was doing, as far as is known.</param>
    public sealed record TimedOut(TimeSpan Limit, Failure Failure) : StageOutcome
    {
        /// <inheritdoc/>
        public override string Word => "timed out";
    }

    /// <summary>It was cancelled by Ctrl-C, by the host or by <c>--fail-fast</c>, while it ran or before it started.</summary>
    public sealed record Cancelled : StageOutcome
    {
        /// <inheritdoc/>
        public override string Word => "cancelled";
    }

    /// <summary>It did not run.</summary>
    /// <param name="Cause">Why not.</param>
    public sealed record Skipped(SkipCause Cause) : StageOutcome
    {
        /// <inheritdoc/>
        public override string Word => "skipped";
    }
}
