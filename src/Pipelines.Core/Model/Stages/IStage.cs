namespace Pipelines.Core;

/// <summary>A stage that needs no other stage's output. Write one as a sealed record: options are <c>init</c> properties with safe defaults, behaviour is <see cref="RunAsync"/>.</summary>
/// <typeparam name="TOutput">What the stage makes.</typeparam>
public interface IStage<TOutput>
{
    /// <summary>Does the work. A failure is an exception, best a <see cref="PipelineException"/>, whose message says what to do.</summary>
    /// <param name="context">The log, the clock, the secrets and the facts of this run.</param>
    /// <param name="cancellationToken">Cancelled on Ctrl-C, on <c>--fail-fast</c> and when the stage's timeout is over.</param>
    /// <returns>The output, handed to every stage that needs it.</returns>
    Task<TOutput> RunAsync(StageContext context, CancellationToken cancellationToken);
}

/// <summary>A stage that needs one other stage's output.</summary>
/// <typeparam name="TInput">What it needs.</typeparam>
/// <typeparam name="TOutput">What it makes.</typeparam>
public interface IStage<TInput, TOutput>
{
    /// <inheritdoc cref="IStage{TOutput}.RunAsync"/>
    /// <param name="input">The output of the stage before.</param>
    /// <param name="context">The log, the clock, the secrets and the facts of this run.</param>
    /// <param name="cancellationToken">Cancelled on Ctrl-C, on <c>--fail-fast</c> and when the stage's timeout is over.</param>
    Task<TOutput> RunAsync(TInput input, StageContext context, CancellationToken cancellationToken);
}

/// <summary>A stage that needs two other stages' outputs.</summary>
/// <typeparam name="TInput1">The first of what it needs.</typeparam>
/// <typeparam name="TInput2">The second of what it needs.</typeparam>
/// <typeparam name="TOutput">What it makes.</typeparam>
public interface IStage<TInput1, TInput2, TOutput>
{
    /// <inheritdoc cref="IStage{TOutput}.RunAsync"/>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <param name="context">The log, the clock, the secrets and the facts of this run.</param>
    /// <param name="cancellationToken">Cancelled on Ctrl-C, on <c>--fail-fast</c> and when the stage's timeout is over.</param>
    Task<TOutput> RunAsync(TInput1 input1, TInput2 input2, StageContext context, CancellationToken cancellationToken);
}

/// <summary>A stage that needs three other stages' outputs.</summary>
/// <typeparam name="TInput1">The first of what it needs.</typeparam>
/// <typeparam name="TInput2">The second of what it needs.</typeparam>
/// <typeparam name="TInput3">The third of what it needs.</typeparam>
/// <typeparam name="TOutput">What it makes.</typeparam>
public interface IStage<TInput1, TInput2, TInput3, TOutput>
{
    /// <inheritdoc cref="IStage{TOutput}.RunAsync"/>
    /// <param name="input1">The first input.</param>
    /// <param name="input2">The second input.</param>
    /// <param name="input3">The third input.</param>
    /// <param name="context">The log, the clock, the secrets and the facts of this run.</param>
    /// <param name="cancellationToken">Cancelled on Ctrl-C, on <c>--fail-fast</c> and when the stage's timeout is over.</param>
    Task<TOutput> RunAsync(TInput1 input1, TInput2 input2, TInput3 input3, StageContext context, CancellationToken cancellationToken);
}
