using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <content>Outside effects, kept in the run's journal so that a run that was killed can go on without doing any of them twice.</content>
public sealed partial class StageContext
{
    /// <summary>Where the stage's effects are kept; null outside of a run.</summary>
    internal IStageEffects? Effects { get; init; }

    /// <summary>Does something outside this machine that can be done twice without harm, such as setting a label. It is kept in the run's journal before and after.</summary>
    /// <remarks>
    /// A run that goes on after a kill does not do it again where it is known to have been done. Where the kill came in the middle nobody knows, and it is done again, with a warning: for an effect
    /// that must not happen twice use the overload that can ask the outside.
    /// </remarks>
    /// <param name="name">What is done, in a few words, such as <c>label the release</c>. Not secret.</param>
    /// <param name="details">To what: with the name it says which effect this is, so the same effect must always have the same details. Not secret.</param>
    /// <param name="performAsync">Does it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PipelineException">The journal cannot be written, so the effect was not begun.</exception>
    public async Task EffectAsync(string name, string details, Func<CancellationToken, Task> performAsync, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(details);
        ArgumentNullException.ThrowIfNull(performAsync);
        switch (Effects?.Recall(name, details))
        {
            case EffectState.Done:
                Log.Info($"'{name}' was done earlier in this run, and is not done again: {details}");
                return;
            case EffectState.Begun:
                Log.Warning($"'{name}' was begun earlier in this run, and whether it was done is not known: it is done again: {details}");
                break;
        }

        Effects?.Begin(name, details);
        await performAsync(cancellationToken).ConfigureAwait(false);
        Effects?.End(name, details);
    }

    /// <summary>Does something outside this machine exactly once, such as a push. It is kept in the run's journal before and after, and the outside is asked first whether it is done already.</summary>
    /// <typeparam name="TResult">What the effect leaves, such as a digest.</typeparam>
    /// <param name="name">What is done, in a few words, such as <c>push image</c>. Not secret.</param>
    /// <param name="details">To what: with the name it says which effect this is, so the same effect must always have the same details. Not secret.</param>
    /// <param name="findAsync">Asks the outside; null where it is not done.</param>
    /// <param name="performAsync">Does it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found or done.</returns>
    /// <exception cref="PipelineException">The journal cannot be written, so the effect was not begun.</exception>
    public Task<TResult> EffectAsync<TResult>(
        string name,
        string details,
        Func<CancellationToken, Task<TResult?>> findAsync,
        Func<CancellationToken, Task<TResult>> performAsync,
        CancellationToken cancellationToken = default) where TResult : class
    {
        ArgumentNullException.ThrowIfNull(findAsync);
        return EffectAsync(name, details, (_, token) => findAsync(token), performAsync, cancellationToken);
    }

    /// <summary>As above. The question gets told whether this run may have done it already, since a thorough search costs.</summary>
    internal async Task<TResult> EffectAsync<TResult>(
        string name,
        string details,
        Func<bool, CancellationToken, Task<TResult?>> findAsync,
        Func<CancellationToken, Task<TResult>> performAsync,
        CancellationToken cancellationToken) where TResult : class
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(details);
        ArgumentNullException.ThrowIfNull(performAsync);
        EffectState state = Effects?.Recall(name, details) ?? EffectState.New;
        if (await findAsync(state != EffectState.New, cancellationToken).ConfigureAwait(false) is { } found)
        {
            if (state == EffectState.Begun)
            {
                Log.Info($"'{name}' was begun earlier in this run, and it was done: it is not done again: {details}");
                Effects!.End(name, details);
            }

            return found;
        }

        if (state == EffectState.Begun)
            Log.Info($"'{name}' was begun earlier in this run, and it was not done: it is done now: {details}");
        else if (state == EffectState.Done)
            Log.Warning($"'{name}' was done earlier in this run, and is not to be found any more: it is done again: {details}");
        Effects?.Begin(name, details);
        TResult result = await performAsync(cancellationToken).ConfigureAwait(false);
        Effects?.End(name, details);
        return result;
    }
}
