namespace Pipelines.Core;

/// <summary>Why a stage was skipped.</summary>
public abstract record SkipCause
{
    private SkipCause() { }

    /// <summary>A stage it needs did not succeed.</summary>
    /// <param name="Stage">The stage at the root of it: the one that failed, was cancelled, or was skipped by its own condition.</param>
    /// <param name="Ended">How that stage ended, in a word: <c>failed</c>, <c>timed out</c>, <c>was cancelled</c>, <c>was skipped</c>.</param>
    public sealed record Dependency(string Stage, string Ended) : SkipCause
    {
        /// <inheritdoc/>
        public override string ToString() => $"because '{Stage}' {Ended}";
    }

    /// <summary>Its condition did not hold.</summary>
    /// <param name="Expression">The condition, as the script wrote it.</param>
    public sealed record Condition(string Expression) : SkipCause
    {
        /// <inheritdoc/>
        public override string ToString() => $"because its condition does not hold: {Expression}";
    }

    /// <summary>The run had stopped starting stages after another stage failed.</summary>
    /// <param name="Stage">The stage that failed.</param>
    public sealed record RunStopped(string Stage) : SkipCause
    {
        /// <inheritdoc/>
        public override string ToString() => $"because the run stopped after '{Stage}' failed";
    }

    /// <summary>It did its part, and the rest is a person's: the run ends well, and what comes after is done by a later one.</summary>
    /// <param name="What">What is waited for, such as the merge of a pull request.</param>
    public sealed record WaitingForHuman(string What) : SkipCause
    {
        /// <summary>What to do then; null where <see cref="What"/> says it all.</summary>
        /// <value>null</value>
        public string? Advice { get; init; }

        /// <inheritdoc/>
        public override string ToString() => $"waiting for a human: {What}";
    }

    /// <summary><c>--stage</c> or <c>--from</c> asked for others.</summary>
    public sealed record NotSelected : SkipCause
    {
        /// <inheritdoc/>
        public override string ToString() => "because --stage or --from selected others";
    }
}
