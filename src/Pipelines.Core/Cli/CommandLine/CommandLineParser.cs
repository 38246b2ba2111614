using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using Pipelines.Core.Model;

namespace Pipelines.Core.Cli.CommandLine;

/// <summary>Reads the command line.</summary>
internal sealed class CommandLineParser
{
    private readonly Option<bool> _sandbox = new("--sandbox") { Description = "Run against stand-ins on loopback: nothing leaves the machine. The default on a laptop.", Recursive = true };
    private readonly Option<bool> _live = new("--live") { Description = "Run for real. The default on a CI system.", Recursive = true };
    private readonly Option<string[]> _set = new("--set") { Description = "Set a setting: --set key=value. May be repeated.", HelpName = "key=value", Recursive = true, AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _directory = new("--directory", "-C") { Description = "The root of the service. Default: the folder above the build script's project.", HelpName = "path", Recursive = true };
    private readonly Option<string[]> _fault = new("--sandbox-fault") { Description = "Let the sandbox fail: smoke, argocd-degraded, push-conflict, registry or slack. May be repeated.", HelpName = "fault" };
    private readonly Option<string[]> _stage = new("--stage") { Description = "Run this stage and all that it needs. May be repeated.", HelpName = "name" };
    private readonly Option<string?> _jobs = new("--jobs", "-j") { Description = "How many stages may run at once. Default: the number of processors, at least 4.", HelpName = "number" };
    private readonly Option<bool> _failFast = new("--fail-fast") { Description = "Cancel running stages as soon as one fails." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "How the run is shown. Default: live in a terminal, plain elsewhere.", HelpName = "plain|live|json" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs." };
    private readonly Option<string?> _format = new("--format") { Description = "The language of the drawing. Default: mermaid.", HelpName = "mermaid|dot" };
    private readonly Option<string?> _environment = new("--env") { Description = "The environment.", HelpName = "name" };
    private readonly Option<string?> _digest = new("--digest") { Description = "The digest that is approved: all of it, or its first digits. Without it you are shown what waits and asked.", HelpName = "sha256:…" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why. It is recorded.", HelpName = "text" };
    private readonly Option<bool> _refuse = new("--refuse") { Description = "Say no: the run that waits ends." };
    private readonly Option<bool> _list = new("--list") { Description = "Show what waits, and decide nothing." };
    private readonly Option<string?> _key = new("--key") { Description = "The SSH key to sign with. Default: git's user.signingKey, then ~/.ssh/id_ed25519.", HelpName = "path" };
    private readonly Option<string?> _as = new("--as") { Description = "Who you are in the allowed-signers file. Default: git's user.email.", HelpName = "name" };
    private readonly Option<string?> _promoteFrom = new("--from") { Description = "The environment that the image was proven in. Default: the one before.", HelpName = "name" };
    private readonly Option<string?> _promoteTo = new("--to") { Description = "The environment to deploy to. Default: the only protected one.", HelpName = "name" };
    private readonly RootCommand _root;
    private readonly TextWriter _text;

    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="text">Where help and the version are printed.</param>
    public CommandLineParser(string pipeline, TextWriter text)
    {
        _text = text;
        Option[] running = [_fault, _stage, _jobs, _failFast, _output];
        _root = new RootCommand($"The pipeline of {pipeline}. Exit codes: 0 done, 1 the pipeline failed, 2 bad usage, settings or definition, 3 a required tool or credential is missing, 130 cancelled.")
        {
            _sandbox, _live, _set, _directory,
            With(new System.CommandLine.Command("run", "Run the pipeline (the default)."), running),
            With(new System.CommandLine.Command("plan", "Show the stages and what each waits for, and run nothing."), _json),
            With(new System.CommandLine.Command("graph", "Draw the stages as Mermaid or DOT."), _format),
            With(new System.CommandLine.Command("doctor", "Check that this machine has what the pipeline needs, and say how to get what is missing."), _json),
            With(new System.CommandLine.Command("approve", "Approve or refuse what waits for an environment, from anywhere that has git, by an SSH signature."), _environment, _digest, _reason, _refuse, _list, _key, _as, _json),
            With(new System.CommandLine.Command("promote", "Deploy to the next environment exactly what the one before runs and has proven. Nothing is built."), _promoteFrom, _promoteTo, _fault, _jobs, _failFast, _output),
            With(new System.CommandLine.Command("settings", "Print every setting, its value and where it came from."), _json),
        };
        foreach (Option option in running)
            _root.Options.Add(option);
        _root.SetAction(_ => 0); // without one, a command line of options alone is refused: "Required command was not provided"
        foreach (Option version in _root.Options.OfType<VersionOption>())
            version.Action = new PrintVersion();
    }

    /// <summary>The request; null where help or the version was asked for, and printed.</summary>
    /// <exception cref="InvalidUsageException">The command line is not usable.</exception>
    public CliRequest? Parse(string[] args)
    {
        ParseResult result = _root.Parse(args);
        if (result.Action is HelpAction or { ClearsParseErrors: true })
        {
            result.Invoke(new InvocationConfiguration { Output = _text, EnableDefaultExceptionHandler = false });
            return null;
        }

        if (result.Errors.Count > 0 || result.UnmatchedTokens.Count > 0)
            throw Unusable(result);
        string command = result.CommandResult.Command.Name;
        return new CliRequest
        {
            Command = Enum.TryParse(command, ignoreCase: true, out CliCommand known) ? known : CliCommand.Run,
            Mode = Mode(result),
            SandboxFaults = [.. (result.GetValue(_fault) ?? []).SelectMany(fault => fault.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            Assignments = result.GetValue(_set) ?? [],
            Stages = result.GetValue(_stage) ?? [],
            Directory = result.GetValue(_directory),
            Jobs = Jobs(result.GetValue(_jobs)),
            FailFast = result.GetValue(_failFast),
            Output = OneOf("--output", result.GetValue(_output), OutputStyle.Auto, OutputStyle.Plain, OutputStyle.Live, OutputStyle.Json),
            Json = result.GetValue(_json),
            Approve = new ApproveRequest
            {
                Environment = result.GetValue(_environment),
                Digest = result.GetValue(_digest),
                Reason = result.GetValue(_reason),
                Refuse = result.GetValue(_refuse),
                List = result.GetValue(_list),
                Key = result.GetValue(_key),
                As = result.GetValue(_as),
            },
            PromoteFrom = result.GetValue(_promoteFrom),
            PromoteTo = result.GetValue(_promoteTo),
            GraphFormat = OneOf("--format", result.GetValue(_format), GraphFormat.Mermaid, GraphFormat.Mermaid, GraphFormat.Dot),
        };
    }

    private static int? Jobs(string? text) => text is null
        ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int jobs) && jobs >= 1
            ? jobs
            : throw new InvalidUsageException($"--jobs: '{text}' is no number of stages.", null, "Give a whole number of at least 1, such as --jobs 4.");

    private static T OneOf<T>(string option, string? text, T otherwise, params T[] values) where T : struct, Enum
    {
        if (text is null)
            return otherwise;
        foreach (T value in values)
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return value;
        string[] names = [.. values.Select(value => value.ToString().ToLowerInvariant())];
        throw new InvalidUsageException($"{option}: '{text}' is none of {string.Join(", ", names)}.{NearestName.Suggestion(text, names)}", null, $"Write it as {option} {names[0]}, or leave it away.");
    }

    private RunMode? Mode(ParseResult result)
    {
        bool sandbox = result.GetValue(_sandbox) || (result.GetValue(_fault) ?? []).Length > 0;
        bool live = result.GetValue(_live);
        if (sandbox && live)
            throw new InvalidUsageException("--live does not go with --sandbox or --sandbox-fault.", null, "Give one of them.");
        return sandbox ? RunMode.Sandbox : live ? RunMode.Live : null;
    }

    private InvalidUsageException Unusable(ParseResult result)
    {
        System.CommandLine.Command command = result.CommandResult.Command;
        string[] options = [.. Known(command).SelectMany(option => option.Aliases.Append(option.Name))];
        string[] commands = [.. _root.Subcommands.Select(subcommand => subcommand.Name)];
        string program = $"dotnet run --project build -- {(command == _root ? "" : command.Name + " ")}--help";
        if (result.UnmatchedTokens.Count > 0)
        {
            string token = result.UnmatchedTokens[0].Split('=')[0]; // what stands behind '=' may be anything
            return token.StartsWith('-')
                ? new InvalidUsageException($"There is no option '{token}'.{NearestName.Suggestion(token, options)}", null, $"All options: {program}")
                : new InvalidUsageException($"There is no command '{token}'.{NearestName.Suggestion(token, commands)}", null, $"The commands are {string.Join(", ", commands)}. More: {program}");
        }

        return new InvalidUsageException("The command line is not usable.", string.Join('\n', result.Errors.Select(error => "  " + error.Message).Distinct()), $"All options: {program}");
    }

    private IEnumerable<Option> Known(System.CommandLine.Command command) => command == _root ? _root.Options : command.Options.Concat(_root.Options.Where(option => option.Recursive));

    private static System.CommandLine.Command With(System.CommandLine.Command command, params Option[] options)
    {
        foreach (Option option in options)
            command.Options.Add(option);
        return command;
    }

    /// <summary>The version of this library, which says what a pipeline does; the script's own means nothing.</summary>
    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            string version = typeof(CommandLineParser).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            parseResult.InvocationConfiguration.Output.WriteLine($"Pipelines {version}");
            return 0;
        }
    }
}
