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
    private readonly Option<string[]> _stage = new("--stage") { Description = "Run this stage and all that it needs. May be repeated. What it needs is taken from the newest finished run of the same commit, where there is one.", HelpName = "name" };
    private readonly Option<string?> _from = new("--from") { Description = "Run this stage and all that comes after it; what comes before is taken from the newest finished run of the same commit.", HelpName = "name" };
    private readonly Option<string?> _onCancel = new("--on-cancel") { Description = "When the run is cancelled (Ctrl-C, SIGTERM): undo what was deployed and not proven, or leave it to go on later. Default: the setting run.on-cancel, else undo.", HelpName = "undo|leave" };
    private readonly Argument<string?> _run = new("run") { Description = "The run's id. Default: the newest that did not succeed.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _jobs = new("--jobs", "-j") { Description = "How many stages may run at once. Default: the number of processors, at least 4.", HelpName = "number" };
    private readonly Option<bool> _failFast = new("--fail-fast") { Description = "Cancel running stages as soon as one fails." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "How the run is shown. Default: live in a terminal, plain elsewhere.", HelpName = "plain|live|json" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON for programs." };
    private readonly Option<string?> _format = new("--format") { Description = "The language of the drawing. Default: mermaid.", HelpName = "mermaid|dot" };
    private readonly Option<bool> _allowOlder = new("--allow-older") { Description = "Deploy this commit also where a newer one runs." };
    private readonly Option<string?> _env = new("--env", "-e") { Description = "The environment. Default: all of them, or the only one.", HelpName = "name" };
    private readonly Option<string?> _limit = new("--limit") { Description = "How many entries to show of each environment. Default: 10.", HelpName = "number" };
    private readonly Option<string?> _to = new("--to") { Description = "The version to go back to. Default: the one before that is not blocked.", HelpName = "tag|digest|commit" };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do it without asking." };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why. It is kept in the manifest repository.", HelpName = "text" };
    private readonly Option<bool> _acceptMigration = new("--accept-migration") { Description = "Go back although a database migration that cannot be reversed ran since: the older version works with the database as it is." };
    private readonly Option<string?> _digest = new("--digest") { Description = "What to let in again, where several are blocked.", HelpName = "digest|tag" };
    private readonly OidcOptions _oidc = new();
    private readonly Option<string?> _approveDigest = new("--digest") { Description = "The digest that is approved: all of it, or its first digits. Without it you are shown what waits and asked.", HelpName = "sha256:…" };
    private readonly Option<string?> _approveReason = new("--reason") { Description = "Why. It is recorded.", HelpName = "text" };
    private readonly Option<bool> _refuse = new("--refuse") { Description = "Say no: the run that waits ends." };
    private readonly Option<bool> _list = new("--list") { Description = "Show what waits, and decide nothing." };
    private readonly Option<string?> _key = new("--key") { Description = "The SSH key to sign with. Default: git's user.signingKey, then ~/.ssh/id_ed25519.", HelpName = "path" };
    private readonly Option<string?> _as = new("--as") { Description = "Who you are in the allowed-signers file. Default: git's user.email.", HelpName = "name" };
    private readonly Option<string?> _promoteFrom = new("--from") { Description = "The environment that the image was proven in. Default: the one before.", HelpName = "name" };
    private readonly Option<string?> _promoteTo = new("--to") { Description = "The environment to deploy to. Default: the only protected one.", HelpName = "name" };
    private readonly PreviewOptions _preview;
    private readonly RootCommand _root;
    private readonly TextWriter _text;

    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="text">Where help and the version are printed.</param>
    public CommandLineParser(string pipeline, TextWriter text)
    {
        _text = text;
        Option[] running = [_fault, _stage, _from, _jobs, _failFast, _allowOlder, _onCancel, _output];
        _preview = new PreviewOptions(_json, _fault, _jobs, _failFast, _allowOlder, _onCancel, _output);
        System.CommandLine.Command resume = With(new System.CommandLine.Command("resume", "Go on with a run that was killed, cancelled or failed: nothing that finished is done again."), _fault, _jobs, _failFast, _onCancel, _output);
        resume.Arguments.Add(_run);
        _root = new RootCommand($"The pipeline of {pipeline}. Exit codes: 0 done, 1 the pipeline failed, 2 bad usage, settings or definition, 3 a required tool or credential is missing, 130 cancelled.")
        {
            _sandbox, _live, _set, _directory,
            With(new System.CommandLine.Command("run", "Run the pipeline (the default)."), running),
            resume,
            With(new System.CommandLine.Command("runs", "List the runs of this checkout and how they ended."), _json),
            With(new System.CommandLine.Command("plan", "Show the stages and what each waits for, and run nothing."), _json),
            With(new System.CommandLine.Command("graph", "Draw the stages as Mermaid or DOT."), _format),
            With(new System.CommandLine.Command("doctor", "Check that this machine has what the pipeline needs, and say how to get what is missing."), _json),
            With(new System.CommandLine.Command("approve", "Approve or refuse what waits for an environment, from anywhere that has git, by an SSH signature."), _env, _approveDigest, _approveReason, _refuse, _list, _key, _as, _json),
            With(new System.CommandLine.Command("promote", "Deploy to the next environment exactly what the one before runs and has proven. Nothing is built."), _promoteFrom, _promoteTo, _fault, _jobs, _failFast, _output),
            With(new System.CommandLine.Command("settings", "Print every setting, its value and where it came from."), _json),
            With(new System.CommandLine.Command("status", "Show what runs in each environment, since when, by whom, and what is blocked there."), _env, _json),
            With(new System.CommandLine.Command("history", "Show what ran in each environment."), _env, _limit, _json),
            With(new System.CommandLine.Command("rollback", "Bring an earlier version back, and block what runs now."), _env, _to, _reason, _acceptMigration, _yes),
            With(new System.CommandLine.Command("unblock", "Let in again what was rolled back."), _env, _digest, _reason),
            new System.CommandLine.Command("lock", "Show who holds an environment, or take it away.")
            {
                With(new System.CommandLine.Command("list", "Show who holds each environment, and who waits for it."), _env, _json),
                With(new System.CommandLine.Command("release", "Take an environment from the run that holds it; that run stops before its next effect."), _env, _reason),
            },
            _preview.Command,
            _oidc.Command,
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
        PreviewRequest? preview = _preview.Read(result);
        string command = preview is not null ? nameof(CliCommand.Preview) : result.CommandResult.Command.Name switch { "list" => nameof(CliCommand.LockList), "release" => nameof(CliCommand.LockRelease), var name => name };
        return new CliRequest
        {
            Oidc = _oidc.Read(result),
            Preview = preview,
            Command = Enum.TryParse(command, ignoreCase: true, out CliCommand known) ? known : CliCommand.Run,
            Mode = Mode(result),
            SandboxFaults = [.. (result.GetValue(_fault) ?? []).SelectMany(fault => fault.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            Assignments = result.GetValue(_set) ?? [],
            Stages = result.GetValue(_stage) ?? [],
            From = result.GetValue(_from),
            Run = result.GetValue(_run),
            OnCancel = result.GetValue(_onCancel) is { } onCancel ? OneOf("--on-cancel", onCancel, CancelChoice.Undo, CancelChoice.Undo, CancelChoice.Leave) : null,
            Directory = result.GetValue(_directory),
            Jobs = Count("--jobs", "stages", result.GetValue(_jobs)),
            FailFast = result.GetValue(_failFast),
            Output = OneOf("--output", result.GetValue(_output), OutputStyle.Auto, OutputStyle.Plain, OutputStyle.Live, OutputStyle.Json),
            Json = result.GetValue(_json),
            Environment = result.GetValue(_env),
            Limit = Count("--limit", "entries", result.GetValue(_limit)),
            To = result.GetValue(_to),
            Digest = result.GetValue(_digest),
            Reason = result.GetValue(_reason),
            Yes = result.GetValue(_yes),
            AcceptsMigration = result.GetValue(_acceptMigration),
            AllowOlder = result.GetValue(_allowOlder),
            Approve = new ApproveRequest
            {
                Environment = result.GetValue(_env),
                Digest = result.GetValue(_approveDigest),
                Reason = result.GetValue(_approveReason),
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

    internal static int? Count(string option, string of, string? text) => text is null
        ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int jobs) && jobs >= 1
            ? jobs
            : throw new InvalidUsageException($"{option}: '{text}' is no number of {of}.", null, $"Give a whole number of at least 1, such as {option} 4.");

    internal static T OneOf<T>(string option, string? text, T otherwise, params T[] values) where T : struct, Enum
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
