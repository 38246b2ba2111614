namespace Pipelines.Core.Tools.Gitleaks;

/// <summary>One finding of a gitleaks report.</summary>
/// <param name="Rule">Gitleaks' own id of the rule.</param>
/// <param name="Description">Gitleaks' description of the rule.</param>
/// <param name="File">The file, from the folder that was scanned, with <c>/</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Commit">The commit; null where files were scanned.</param>
/// <param name="Fingerprint">Ours: of the rule, the file, and what the report tells of the value without showing it.</param>
internal sealed record GitleaksFinding(string Rule, string Description, string File, int Line, int Column, string? Commit, string Fingerprint);
