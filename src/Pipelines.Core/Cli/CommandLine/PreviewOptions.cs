using System.CommandLine;
using System.CommandLine.Parsing;

namespace Pipelines.Core.Cli.CommandLine;

/// <summary>The command <c>preview</c> on the command line.</summary>
internal sealed class PreviewOptions
{
    private readonly Option<string?> _number = new("--number", "-n") { Description = "The pull or merge request. Default: the one that the CI system builds.", HelpName = "number" };
    private readonly Option<bool> _noWait = new("--no-wait") { Description = "Do not wait until Argo CD has its application no more." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Say what would be removed, and remove nothing." };
    private readonly System.CommandLine.Command _up;
    private readonly System.CommandLine.Command _down;
    private readonly System.CommandLine.Command _list;
    private readonly System.CommandLine.Command _clean;

    /// <param name="json">The option that programs read by.</param>
    /// <param name="running">The options of a run that <c>up</c> takes too.</param>
    public PreviewOptions(Option<bool> json, params Option[] running)
    {
        _up = new System.CommandLine.Command("up", "Build, scan and push what is checked out, and put it up as the preview of a pull request.") { _number };
        foreach (Option option in running)
            _up.Options.Add(option);
        _down = new System.CommandLine.Command("down", "Take the preview of a pull request down, and wait until it is gone.") { _number, _noWait };
        _list = new System.CommandLine.Command("list", "Show the previews of the service: since when, by whom, where, and which are left over.") { json };
        _clean = new System.CommandLine.Command("clean", "Remove the previews whose pull request is closed, or that nobody changed for preview.lifetime.") { _dryRun, _noWait };
        Command = new System.CommandLine.Command("preview", "Put up, take down, list or clean up the previews of pull requests.") { _up, _down, _list, _clean };
    }

    public System.CommandLine.Command Command { get; }

    /// <summary>The request; null where another command was called.</summary>
    public PreviewRequest? Read(ParseResult result)
    {
        System.CommandLine.Command called = result.CommandResult.Command;
        PreviewAction? action = called == _up ? PreviewAction.Up : called == _down ? PreviewAction.Down : called == _list ? PreviewAction.List : called == _clean ? PreviewAction.Clean : null;
        return action is null ? null : new PreviewRequest(action.Value)
        {
            Number = CommandLineParser.Count("--number", "pull request", result.GetValue(_number)),
            NoWait = result.GetValue(_noWait),
            DryRun = result.GetValue(_dryRun),
        };
    }
}
