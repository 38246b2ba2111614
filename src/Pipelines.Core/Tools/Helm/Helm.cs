namespace Pipelines.Core.Tools.Helm;

/// <summary>Typed helm commands.</summary>
internal sealed class Helm(StageContext context, string program = Helm.Program)
{
    public const string Program = "helm";
    public const string InstallHint = "https://helm.sh/docs/intro/install/";

    /// <summary>Renders a chart. It asks no cluster.</summary>
    /// <exception cref="ToolNotFoundException">helm is not installed.</exception>
    /// <exception cref="CommandFailedException">The chart cannot be rendered.</exception>
    public async Task<string> TemplateAsync(string release, string chart, IReadOnlyList<string> values, IReadOnlyDictionary<string, string> overrides, CancellationToken cancellationToken)
    {
        string[] arguments = ["template", release, chart, .. values.SelectMany(file => (string[])["--values", file]), .. overrides.SelectMany(pair => (string[])["--set-string", $"{pair.Key}={pair.Value}"])];
        CommandResult result = await new Command(program, arguments).WithInstallHint(InstallHint).WithTimeout(TimeSpan.FromMinutes(2)).Quiet().RunAsync(context, cancellationToken).ConfigureAwait(false);
        return result.Output;
    }
}
