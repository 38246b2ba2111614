using Pipelines.Core.Model;
using Pipelines.Core.Secrets.Detection;
using Pipelines.Core.Tools.Gitleaks;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Reads the allow list of the secret scan: a fingerprint, or a rule and a path; always with a reason.</summary>
internal static class SecretIgnoreFile
{
    private static readonly IgnoreFileForm Form = new(
        ["fingerprint", "rule", "path", "reason", "expires"],
        "'fingerprint', or 'rule' and 'path', and a 'reason'",
        "- fingerprint: 0123456789abcdef, reason: why it is no secret, or: - rule: jwt, path: tests/tokens/*, reason: made for the tests; expires: 2026-12-31 where it may not stay");

    /// <inheritdoc cref="IgnoreFile.Read"/>
    public static IReadOnlyList<SecretIgnoreEntry> Read(string path, string name) => IgnoreFile.Read<SecretIgnoreEntry>(path, name, Form, ReadEntry);

    private static SecretIgnoreEntry? ReadEntry(IgnoreEntry entry, IReadOnlyList<SecretIgnoreEntry> earlier)
    {
        string? fingerprint = entry.Optional("fingerprint");
        string? rule = entry.Optional("rule");
        string? path = entry.Optional("path");
        if (fingerprint is null == (rule is null && path is null))
            entry.Error("fingerprint", "an entry has either a 'fingerprint', or a 'rule' and a 'path'");
        else if (fingerprint is not null && (fingerprint.Length != 16 || !fingerprint.All(char.IsAsciiHexDigit)))
            entry.Error("fingerprint", "a fingerprint is the 16 hex digits that the finding names. Never write the value itself here");
        else if (fingerprint is null && rule is null)
            entry.Error("path", "a 'path' needs the 'rule' that may pass there");
        else if (fingerprint is null && path is null)
            entry.Error("rule", "a 'rule' needs the 'path' where it may pass");
        if (rule is not null && !rule.StartsWith(GitleaksScanner.RulePrefix, StringComparison.Ordinal) && !KnownRules.Contains(rule, StringComparer.Ordinal))
            entry.Error("rule", $"there is no rule '{rule}'.{NearestName.Suggestion(rule, KnownRules)} The rules are {string.Join(", ", KnownRules)}, and {GitleaksScanner.RulePrefix}<rule> for those of gitleaks");
        string reason = entry.Required("reason", fingerprint is null ? "rule" : "fingerprint");
        DateOnly? expires = entry.Date("expires");
        var one = new SecretIgnoreEntry(fingerprint, rule, path, reason, expires, entry.Line);
        if (earlier.FirstOrDefault(other => other.Subject == one.Subject) is { } twin)
            entry.Error("", $"'{one.Subject}' is in the list twice, the first time in line {twin.Line}");
        return one;
    }

    private static IEnumerable<string> KnownRules => SecretRules.Ids.Concat(WorkflowRule.All.Select(rule => rule.Id));
}
