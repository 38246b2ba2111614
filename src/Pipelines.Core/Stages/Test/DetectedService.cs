namespace Pipelines.Core.Stages.Test;

/// <summary>What a service turned out to be written in.</summary>
/// <param name="Language">The language.</param>
/// <param name="Evidence">The file that says so, from the service's root.</param>
internal sealed record DetectedService(ServiceLanguage Language, string Evidence);
