using System.Text.RegularExpressions;

namespace Pipelines.Core;

/// <summary>The name of an image: registry, repository, tag, digest. Parses every legal form and refuses the rest with a reason.</summary>
/// <remarks>The grammar is that of <see href="https://github.com/distribution/reference">distribution/reference</see>; a name without a registry stays without one, as nothing here pushes to a default registry.</remarks>
public sealed partial record ImageReference
{
    private const int MaxRepositoryLength = 255;

    private ImageReference(string? registry, string repository, string? tag, string? digest)
    {
        Registry = registry;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>Host and port, such as <c>localhost:5000</c>; null where the name has none.</summary>
    public string? Registry { get; }

    /// <summary>The path in the registry, such as <c>team/order-service</c>.</summary>
    public string Repository { get; }

    /// <summary>The tag; null where there is none.</summary>
    public string? Tag { get; }

    /// <summary>The digest, <c>sha256:…</c>; null where there is none.</summary>
    public string? Digest { get; }

    /// <summary>Registry and repository, without tag and digest.</summary>
    public string Name => Registry is null ? Repository : $"{Registry}/{Repository}";

    /// <summary>Reads a reference.</summary>
    /// <param name="text">Such as <c>registry:5000/team/app:1.0@sha256:…</c>.</param>
    /// <exception cref="FormatException">It is not legal; the message says why.</exception>
    public static ImageReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out ImageReference? reference, out string? reason) ? reference : throw new FormatException($"'{text}' is no image reference: {reason}");
    }

    /// <summary>Reads a reference without an exception.</summary>
    /// <param name="text">The text.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="reason">Why it is not legal.</param>
    public static bool TryParse(
        string? text,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ImageReference? reference,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? reason)
    {
        reference = null;
        reason = null;
        if (string.IsNullOrEmpty(text))
            reason = "it is empty.";
        else if (text.Contains("://", StringComparison.Ordinal))
            reason = $"it has a scheme; write it without '{text[..(text.IndexOf("://", StringComparison.Ordinal) + 3)]}'.";
        else if (text.Any(char.IsWhiteSpace))
            reason = "it has white space in it.";
        if (reason is not null)
            return false;

        string rest = text!;
        string? digest = null;
        int at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            digest = rest[(at + 1)..];
            rest = rest[..at];
            if (!DigestPattern().IsMatch(digest))
                reason = $"'{digest}' is no digest; a digest is sha256: and 64 lower-case hex digits.";
        }

        string? tag = null;
        int colon = rest.LastIndexOf(':');
        if (colon > rest.LastIndexOf('/') && (colon > rest.LastIndexOf(']')))
        {
            tag = rest[(colon + 1)..];
            rest = rest[..colon];
            if (!TagPattern().IsMatch(tag))
                reason ??= $"'{tag}' is no tag; a tag is 1 to 128 letters, digits, '_', '.' or '-', and starts with none of the last two.";
        }

        string? registry = null;
        string repository = rest;
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && LooksLikeHost(rest[..slash]))
        {
            registry = rest[..slash];
            repository = rest[(slash + 1)..];
            if (!HostPattern().IsMatch(registry))
                reason ??= $"'{registry}' is no registry host.";
        }

        reason ??= CheckRepository(repository);
        if (reason is not null)
            return false;
        reference = new ImageReference(registry, repository, tag, digest);
        return true;
    }

    /// <summary>The same repository under a tag, without digest.</summary>
    /// <param name="tag">The tag.</param>
    /// <exception cref="FormatException">The tag is not legal.</exception>
    public ImageReference WithTag(string tag) => Parse($"{Name}:{tag}");

    /// <summary>The same repository and tag with a digest.</summary>
    /// <param name="digest">The digest, <c>sha256:…</c>.</param>
    /// <exception cref="FormatException">The digest is not legal.</exception>
    public ImageReference WithDigest(string digest) => Parse($"{Name}{(Tag is null ? "" : ":" + Tag)}@{digest}");

    /// <summary>The repository alone.</summary>
    public ImageReference WithoutTag() => new(Registry, Repository, null, null);

    /// <summary>The reference as it is written.</summary>
    public override string ToString() => Name + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    private static bool LooksLikeHost(string first) =>
        first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" || first.Any(char.IsAsciiLetterUpper);

    private static string? CheckRepository(string repository)
    {
        if (repository.Length == 0)
            return "it names no repository.";
        if (repository.Length > MaxRepositoryLength)
            return $"the repository has {repository.Length} characters; {MaxRepositoryLength} are allowed.";
        if (repository.Any(char.IsAsciiLetterUpper))
            return $"the repository '{repository}' has upper-case letters; write '{repository.ToLowerInvariant()}'.";
        if (HexPattern().IsMatch(repository))
            return "a repository of 64 hex digits could be mistaken for an image id.";
        foreach (string component in repository.Split('/'))
        {
            if (component.Length == 0)
                return $"the repository '{repository}' has an empty part between its slashes.";
            if (!ComponentPattern().IsMatch(component))
                return $"'{component}' is no part of a repository: lower-case letters and digits, joined by '.', '_', '__' or dashes.";
        }

        return null;
    }

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z|^sha512:[0-9a-f]{128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"^(?:(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex ComponentPattern();

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HexPattern();
}
