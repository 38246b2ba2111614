namespace Build;

/// <summary>The packages of one build.</summary>
/// <param name="Folder">Where they are.</param>
/// <param name="Version">Their one version.</param>
internal sealed record PackedVersion(string Folder, string Version);
