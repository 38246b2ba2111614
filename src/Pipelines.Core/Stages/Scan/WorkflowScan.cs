using System.Text.RegularExpressions;
using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Looks at workflows, Dockerfiles and the scripts they call for lines that give secrets away.</summary>
internal static partial class WorkflowScan
{
    /// <summary>Where a command can start: in a line, behind what YAML, Groovy and Dockerfiles put before it, and behind what separates commands.</summary>
    private const string CommandStart = @"(?:^|[;&|(`]|\$\(|\bthen\b|\bdo\b|\belse\b)\s*(?:-\s+)?(?:(?:run|script|before_script|after_script|command|commands)\s*:\s*[|>]?\s*|RUN\s+|(?:sh|bat|bash|powershell|pwsh)\s*\(?\s*(?=['""]))?['""]{0,3}(?:sudo\s+)?";

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    /// <summary>No line of a workflow needs longer; one that does is made to.</summary>
    private const int Milliseconds = 1000;

    private const int LongestLine = 2000;

    public static IReadOnlyList<SourceFinding> Find(string text, string file, WorkflowKind kind)
    {
        var findings = new List<SourceFinding>();
        string[] lines = text.Split('\n');
        int buildArguments = -1;
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].TrimEnd('\r');
            if (line.Length > LongestLine || line.AsSpan().TrimStart() is { Length: 0 } or ['#', not '!', ..] or ['/', '/', ..])
                continue;
            foreach ((WorkflowRule rule, int column) in Look(line, kind, index == 0, ref buildArguments))
                findings.Add(new SourceFinding(rule.Id, rule.Title, file, index + 1, column + 1, SecretFingerprint.Of($"{rule.Id}\n{file}\n{line.Trim()}"), "", null));
        }

        return findings;
    }

    private static List<(WorkflowRule Rule, int Column)> Look(string line, WorkflowKind kind, bool isFirst, ref int buildArguments)
    {
        var found = new List<(WorkflowRule, int)>();
        if (PrintsEnvironment().Match(line) is { Success: true } environment && !(environment.Groups["name"] is { Success: true, Value: var name } && !SecretNames.IsSecret(name)))
            found.Add((WorkflowRule.PrintsEnvironment, environment.Groups["command"].Index));
        if ((Traces().Match(line) is { Success: true } trace ? trace : isFirst ? TracingShebang().Match(line) : Match.Empty) is { Success: true } traced)
            found.Add((WorkflowRule.Traces, traced.Groups["command"].Index));
        foreach (Match echo in Prints().Matches(line))
            if (PrintsSecret(echo.Groups["rest"].Value))
                found.Add((WorkflowRule.PrintsSecret, echo.Groups["command"].Index));
        foreach (Match argument in BuildArgument().Matches(line))
            if (SecretNames.IsSecret(argument.Groups["name"].Value))
                found.Add((WorkflowRule.BuildArgument, argument.Groups["name"].Index));

        int indentation = line.Length - line.AsSpan().TrimStart().Length;
        if (buildArguments >= 0 && indentation > buildArguments && ListedArgument().Match(line) is { Success: true } listed)
        {
            if (SecretNames.IsSecret(listed.Groups["name"].Value))
                found.Add((WorkflowRule.BuildArgument, listed.Groups["name"].Index));
        }
        else
        {
            buildArguments = kind == WorkflowKind.Workflow && BuildArgumentList().IsMatch(line) ? indentation : -1;
        }

        if (kind == WorkflowKind.Dockerfile)
            foreach (Match variable in ImageVariable().Matches(line))
                if (SecretNames.IsSecret(variable.Groups["name"].Value))
                    found.Add((WorkflowRule.ImageVariable, variable.Groups["name"].Index));
        return found;
    }

    /// <summary>Whether what follows echo puts a secret into the log: not where it is piped to a program's input or into a file, or told to the CI system as a value to mask.</summary>
    private static bool PrintsSecret(string rest)
    {
        if (rest.Contains("::add-mask::", StringComparison.Ordinal))
            return false;
        Match end = EndOfCommand().Match(rest);
        string words = end.Success ? rest[..end.Index] : rest;
        if (end.Success && end.Value.StartsWith('|') && !end.Value.StartsWith("||", StringComparison.Ordinal) && !Shows().IsMatch(rest[end.Index..]))
            return false;
        if (end.Success && end.Value.Contains('>', StringComparison.Ordinal) && !ToTerminal().IsMatch(rest[end.Index..]))
            return false;
        return Variable().Matches(words).Any(variable => SecretNames.IsSecret(variable.Groups["name"].Value));
    }

    [GeneratedRegex(CommandStart + @"(?<command>printenv(\s+(?<name>\w+))?|env(?=\s*($|[|;&>'""]))|export(\s+-p)?(?=\s*($|[|;&>'""]))|declare\s+-[px]+(?=\s*($|[|;&>'""]))|(?i:(get-childitem|gci|dir|ls)\s+env:\\?))(?![\w:=/.-])", Options, Milliseconds)]
    private static partial Regex PrintsEnvironment();

    [GeneratedRegex(CommandStart + @"(?<command>set\s+(-[a-wyzA-Z]*x[a-zA-Z]*|(-[a-zA-Z]+\s+)*-o\s+xtrace)|(ba|da|z|k)?sh\s+-[a-wyzA-Z]*x[a-zA-Z]*\s)", Options, Milliseconds)]
    private static partial Regex Traces();

    [GeneratedRegex(@"^#!.*(?<command>\s-[a-wyz]*x[a-z]*\s*$)", Options, Milliseconds)]
    private static partial Regex TracingShebang();

    [GeneratedRegex(CommandStart + @"(?<command>echo|printf|(?i:write-(host|output)))\s(?<rest>.*)", Options, Milliseconds)]
    private static partial Regex Prints();

    [GeneratedRegex(@"(?<!\\)\$(\{\{\s*(secrets|env|vars)\.(?<name>\w+)|(?i:env:)(?<name>\w+)|\{(env\.)?(?<name>\w+)[}%/,^]|(?<name>[A-Za-z_]\w*))|%(?<name>[A-Za-z_]\w*)%", Options, Milliseconds)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\|\|?|&&|;(?!;)|\d?>>?", Options, Milliseconds)]
    private static partial Regex EndOfCommand();

    [GeneratedRegex(@"^\|\s*(tee|cat|base64|xxd|od|hexdump|rev|sed|tr|fold|head|tail|less|more|nl|awk|grep)\b", Options, Milliseconds)]
    private static partial Regex Shows();

    [GeneratedRegex(@"^\d?>>?\s*(&[12]|/dev/(stdout|stderr|tty))", Options, Milliseconds)]
    private static partial Regex ToTerminal();

    [GeneratedRegex(@"--build-arg[=\s]+['""]?(?<name>\w+)", Options, Milliseconds)]
    private static partial Regex BuildArgument();

    [GeneratedRegex(@"^\s*-?\s*build-args\s*:\s*[|>]?[+-]?\s*$", Options, Milliseconds)]
    private static partial Regex BuildArgumentList();

    [GeneratedRegex(@"^\s*-?\s*['""]?(?<name>\w+)\s*[=:]", Options, Milliseconds)]
    private static partial Regex ListedArgument();

    [GeneratedRegex(@"^\s*(?i:ARG|ENV)\s+(?<name>[A-Za-z_]\w*)(?=[\s=]|$)|(?<=^\s*(?i:ENV)\s.*\s)(?<name>[A-Za-z_]\w*)(?==)", Options, Milliseconds)]
    private static partial Regex ImageVariable();
}
