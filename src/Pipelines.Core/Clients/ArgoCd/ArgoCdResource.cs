namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>A resource of an application.</summary>
/// <param name="Kind">Such as <c>Deployment</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Health">Its health; null where it has none.</param>
/// <param name="Message">Why.</param>
internal sealed record ArgoCdResource(string Kind, string Name, string? Health, string? Message)
{
    public override string ToString() => $"{Kind}/{Name} {Health}" + (string.IsNullOrWhiteSpace(Message) ? "" : $": {Message.ReplaceLineEndings(" ").Trim()}");
}
