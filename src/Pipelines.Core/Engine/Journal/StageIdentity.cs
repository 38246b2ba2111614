namespace Pipelines.Core.Engine.Journal;

/// <summary>A stage as a run was started with it. A class: what the framework holds of its own for lists of references need not be compiled at each start.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">What must stay the same of it.</param>
internal sealed record StageIdentity(string Name, string Definition);
