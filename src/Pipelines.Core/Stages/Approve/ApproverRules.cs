namespace Pipelines.Core.Stages.Approve;

/// <summary>Who may decide, over all the names that a person has.</summary>
internal sealed class ApproverRules
{
    private readonly ApprovalPolicy _policy;
    private readonly HashSet<string> _approvers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _own = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="policy">The policy.</param>
    /// <param name="authors">Who wrote the commit, as <c>Name &lt;mail&gt;</c>.</param>
    /// <param name="startedBy">Who started the run.</param>
    /// <exception cref="InvalidUsageException">The policy names a team that it does not have.</exception>
    public ApproverRules(ApprovalPolicy policy, IReadOnlyList<string> authors, string? startedBy)
    {
        _policy = policy;
        foreach (string approver in policy.Approvers)
            foreach (string member in Members(policy, approver))
                _approvers.UnionWith(NamesOf(member));
        foreach (string name in authors.SelectMany(PartsOf).SelectMany(NamesOf))
            _own[name] = "wrote the commit";
        if (startedBy is not null)
            foreach (string name in NamesOf(startedBy))
                _own.TryAdd(name, "started the run");
    }

    /// <summary>Why somebody may not decide; null where they may.</summary>
    public string? WhyNot(string by)
    {
        IReadOnlyCollection<string> names = NamesOf(by);
        if (_policy.Approvers.Count > 0 && !names.Any(_approvers.Contains))
            return $"{by} may not approve; those who may: {string.Join(", ", _policy.Approvers)}";
        return null;
    }

    /// <summary>Why somebody may not say yes; null where they may.</summary>
    public string? WhyNotApprove(string by, string? reason)
    {
        if (WhyNot(by) is { } why)
            return why;
        if (_policy.ForbidsOwnChanges && NamesOf(by).Select(_own.GetValueOrDefault).FirstOrDefault(what => what is not null) is { } own)
            return $"{by} {own}, and nobody approves a change of their own here";
        return _policy.RequiresReason && string.IsNullOrWhiteSpace(reason) ? $"{by} gave no reason, and one is required here" : null;
    }

    private HashSet<string> NamesOf(string person)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { person };
        foreach ((string name, IReadOnlyList<string> others) in _policy.Aliases)
        {
            if (names.Contains(name) || others.Any(names.Contains))
            {
                names.Add(name);
                names.UnionWith(others);
            }
        }

        return names;
    }

    private static IReadOnlyList<string> Members(ApprovalPolicy policy, string approver) => !approver.StartsWith('@')
        ? [approver]
        : policy.Teams.TryGetValue(approver[1..], out IReadOnlyList<string>? members)
            ? members
            : throw new InvalidUsageException(
                $"The approvers name the team '{approver}', which the policy does not have.{Model.NearestName.Suggestion(approver[1..], policy.Teams.Keys)}",
                policy.Teams.Count == 0 ? null : "  The teams are " + string.Join(", ", policy.Teams.Keys) + ".",
                "Add it to ApprovalPolicy.Teams, or correct ApprovalPolicy.Approvers.");

    /// <summary>The name and the mail address of <c>Name &lt;mail&gt;</c>.</summary>
    private static IEnumerable<string> PartsOf(string author)
    {
        int open = author.LastIndexOf('<');
        int close = author.LastIndexOf('>');
        return open < 0 || close < open ? [author.Trim()] : new[] { author[..open].Trim(), author[(open + 1)..close].Trim() }.Where(part => part.Length > 0);
    }
}
