using System.Globalization;

namespace Pipelines.Core;

/// <summary>Something in a manifest that can take a service down during a deployment.</summary>
/// <param name="Rule">The rule's id, such as <c>ZD003</c>.</param>
/// <param name="Message">What is wrong, and what to write instead.</param>
/// <param name="Resource">The resource, such as <c>Deployment order-service</c>, with the container where it is about one.</param>
/// <param name="File">The file it is in, or what was rendered.</param>
/// <param name="Document">The document within the file, from 1.</param>
/// <param name="Line">The line, from 1; null where something is missing altogether.</param>
public sealed record ManifestFinding(string Rule, string Message, string Resource, string File, int Document, int? Line)
{
    /// <summary>Where it is, such as <c>deploy/app.yaml:12 (document 2)</c>.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"{File}{(Line is null ? "" : $":{Line}")}{(Document > 1 ? $" (document {Document})" : "")}");

    /// <summary>The finding in a line.</summary>
    public override string ToString() => $"{Rule} {Resource}: {Message} [{Place}]";
}
