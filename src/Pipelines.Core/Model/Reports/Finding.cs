namespace Pipelines.Core;

/// <summary>One finding of a scan.</summary>
/// <param name="Id">Its public id, such as <c>CVE-2021-44228</c>.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Package">The package it is in.</param>
/// <param name="InstalledVersion">The version in the image.</param>
/// <param name="FixedVersion">The version that mends it; null where there is none yet.</param>
/// <param name="Title">One line about it.</param>
/// <param name="Target">The part of the image it was found in, such as <c>app/package-lock.json</c>.</param>
public sealed record Finding(string Id, Severity Severity, string Package, string InstalledVersion, string? FixedVersion, string Title, string Target);
