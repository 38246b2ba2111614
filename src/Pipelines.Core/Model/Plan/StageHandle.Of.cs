using System.Runtime.CompilerServices;
using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>A stage of a pipeline that is being built, by the type of its output. Hand it to another stage as its input, or say more about the stage with its methods.</summary>
/// <typeparam name="TOutput">What the stage makes.</typeparam>
public sealed class StageHandle<TOutput> : StageHandle
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30); // timers know no more than 49

    internal StageHandle(StageDraft draft) : base(draft) { }

    /// <summary>Starts the stage only after these have succeeded or were skipped by their own condition, though it takes nothing from them.</summary>
    /// <param name="stages">Stages of the same pipeline.</param>
    public StageHandle<TOutput> After(params IReadOnlyList<StageHandle> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        Draft.Change("After").After.AddRange(stages.Select(stage => stage ?? throw new ArgumentNullException(nameof(stages), $"'{Name}': After was given a null handle.")));
        return this;
    }

    /// <summary>Runs the stage only if the condition holds. Several conditions must all hold.</summary>
    /// <param name="condition">Such as <c>Condition.Branch("main")</c>.</param>
    public StageHandle<TOutput> When(Condition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        Draft.Change("When").Conditions.Add(condition);
        return this;
    }

    /// <summary>Runs the stage only if the test holds. It is asked right before the stage would start.</summary>
    /// <param name="holds">The test.</param>
    /// <param name="description">The condition in words; the source text where none is given.</param>
    public StageHandle<TOutput> When(Func<RunInfo, bool> holds, [CallerArgumentExpression(nameof(holds))] string description = "")
    {
        ArgumentNullException.ThrowIfNull(holds);
        return When(new Condition(description, holds));
    }

    /// <summary>Runs the stage only if the value is true.</summary>
    /// <param name="holds">The value.</param>
    /// <param name="description">The condition in words; the source text where none is given.</param>
    public StageHandle<TOutput> When(bool holds, [CallerArgumentExpression(nameof(holds))] string description = "") => When(new Condition(description, _ => holds));

    /// <summary>Ends the stage as timed out after this time, its retries included.</summary>
    /// <param name="timeout">More than zero, at most 30 days. A stage without one has an hour.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not more than zero, or more than 30 days.</exception>
    public StageHandle<TOutput> WithTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, LongestWait);
        Draft.Change("WithTimeout").Timeout = timeout;
        return this;
    }

    /// <summary>Tries the stage again after transient errors, and only after those.</summary>
    /// <param name="maxAttempts">How often it may run in all.</param>
    /// <param name="delay">The wait after the first failure, which doubles each time; 1 second where not given.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one attempt, or a negative wait.</exception>
    public StageHandle<TOutput> WithRetry(int maxAttempts, TimeSpan? delay = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay ?? TimeSpan.Zero, TimeSpan.Zero, nameof(delay));
        return WithRetry(delay is null ? new RetryPolicy(maxAttempts) : new RetryPolicy(maxAttempts) { Delay = delay.Value });
    }

    /// <summary>Tries the stage again after transient errors, and only after those.</summary>
    /// <param name="policy">How often and after which waits.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one attempt, or a wait that is negative or more than 30 days.</exception>
    public StageHandle<TOutput> WithRetry(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxAttempts, 1, nameof(policy));
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.Delay, TimeSpan.Zero, nameof(policy));
        ArgumentOutOfRangeException.ThrowIfLessThan(policy.MaxDelay, TimeSpan.Zero, nameof(policy));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(policy.MaxDelay, LongestWait, nameof(policy));
        Draft.Change("WithRetry").Retry = policy;
        return this;
    }

    /// <summary>Holds a lock while the stage runs: of all stages with the same lock, one runs at a time.</summary>
    /// <param name="name">The lock's name, such as <c>environment/prod</c>.</param>
    public StageHandle<TOutput> Lock(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        StageDraft draft = Draft.Change("Lock");
        if (!draft.Locks.Contains(name))
            draft.Locks.Add(name);
        return this;
    }

    /// <summary>Runs the stage after all that it waits for have ended, whatever happened to them: clean-up and notices. Its failure undoes nothing.</summary>
    public StageHandle<TOutput> Always()
    {
        Draft.Change("Always").Always = true;
        return this;
    }
}
