using System.Collections.Concurrent;
using Pipelines.Core.Model;

namespace Pipelines.Core.Tests.Engine.Journal;

/// <summary>The world outside: what was done to it, and how often.</summary>
internal sealed class Outside
{
    public ConcurrentDictionary<string, int> Done { get; } = new();

    public int Times(string effect) => Done.GetValueOrDefault(effect);

    /// <summary>Does something that can be looked up.</summary>
    public Task<string> DoAsync(string effect, StageContext context, CancellationToken cancellationToken) => context.EffectAsync(
        effect,
        "there",
        _ => Task.FromResult(Done.ContainsKey(effect) ? effect + "!" : null),
        _ =>
        {
            Done.AddOrUpdate(effect, 1, (_, times) => times + 1);
            return Task.FromResult(effect + "!");
        },
        cancellationToken);

    /// <summary>Does something that cannot.</summary>
    public Task DoBlindlyAsync(string effect, StageContext context, CancellationToken cancellationToken) => context.EffectAsync(
        effect,
        "there",
        _ =>
        {
            Done.AddOrUpdate(effect, 1, (_, times) => times + 1);
            return Task.CompletedTask;
        },
        cancellationToken);

    /// <summary>A deployment that is taken back if what comes after it fails.</summary>
    internal sealed record Deploy(Outside World, string EnvironmentName = "staging") : IStage<string, string>, IUndoable<string>, IEnvironmentStage
    {
        public DeploymentEnvironment Environment { get; } = new() { Name = EnvironmentName, App = "a", Manifest = new ManifestTarget { Repository = "r", File = "f" } };

        public Task<string> RunAsync(string input, StageContext context, CancellationToken cancellationToken) => World.DoAsync("deploy " + EnvironmentName, context, cancellationToken);

        public async Task<UndoReport> UndoAsync(string output, StageContext context, CancellationToken cancellationToken)
        {
            await World.DoAsync("revert " + EnvironmentName, context, cancellationToken);
            return new UndoReport(true, EnvironmentName + " is as it was");
        }
    }
}
