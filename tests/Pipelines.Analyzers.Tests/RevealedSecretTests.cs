using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE002.</summary>
public class RevealedSecretTests
{
    private const string Token = "Environment.GetEnvironmentVariable(\"API_TOKEN\")";

    [Theory]
    [InlineData("context.Log.Info(secret.Reveal());", "the stage's log")]
    [InlineData("context.Log.Warning($\"token {secret.Reveal()}\");", "the stage's log")]
    [InlineData("context.Report(\"token\", secret.Reveal());", "the summary of the run")]
    [InlineData("Console.WriteLine(\"x \" + secret.Reveal());", "the console")]
    [InlineData("Console.Error.WriteLine(secret.Reveal().Trim());", "the console")]
    [InlineData("throw new InvalidOperationException(\"bad: \" + secret.Reveal());", "an exception")]
    [InlineData("throw new StageFailedException(\"bad\", secret.Reveal());", "an exception")]
    [InlineData("_ = new Command(\"curl\", \"-u\", secret.Reveal());", "the arguments of a process")]
    [InlineData("_ = new Command(\"curl\", [\"-u\", $\"app:{secret.Reveal()}\"]);", "the arguments of a process")]
    [InlineData("_ = new Command(\"curl\").WithArguments(\"-u\", secret.Reveal());", "the arguments of a process")]
    [InlineData("context.RunAsync(\"curl\", [secret.Reveal()]);", "the arguments of a process")]
    [InlineData("context.Log.Info(Environment.GetEnvironmentVariable(\"API_TOKEN\")!);", "the stage's log")]
    [InlineData("context.Log.Info(File.ReadAllText(\"/run/secrets/db\"));", "the stage's log")]
    [InlineData("var value = secret.Reveal(); context.Log.Info(value);", "the stage's log")]
    [InlineData("string value; value = secret.Reveal(); var text = $\"a {value}\"; string[] all = [text]; Console.Write(string.Join(\",\", all[0], text));", "the console")]
    [InlineData("var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(\"x\")); var value = Uri.EscapeDataString(secret.Reveal()) + encoded; context.Log.Info(value);", "the stage's log")]
    [InlineData("context.Log.Info(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(\"app:\" + secret.Reveal())));", "the stage's log")]
    [InlineData("if (Environment.GetEnvironmentVariable(\"API_TOKEN\") is { } token) context.Log.Info(token);", "the stage's log")]
    [InlineData("Action write = () => context.Log.Info(secret.Reveal()); write();", "the stage's log")]
    public async Task Secret_IntoASink_IsAWarning(string body, string sink)
    {
        Diagnostic diagnostic = await Snippet.DiagnoseOneAsync(Stage(body));
        Assert.Equal(("PIPE002", DiagnosticSeverity.Warning), (diagnostic.Id, diagnostic.Severity));
        Assert.Contains($"goes into {sink}, where others can read it", diagnostic.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_InAScriptOfTopLevelStatements_IsSeen() => Assert.Equal(["PIPE002 token"], await Snippet.DiagnoseAsync($"var token = {Token};\nConsole.WriteLine(token);"));

    [Theory]
    [InlineData("context.Log.Info(secret.ToString());")]
    [InlineData("context.Log.Info($\"the token is {secret}\");")]
    [InlineData("context.Log.Info($\"{secret.Reveal().Length} characters\");")]
    [InlineData("context.Log.Info(string.IsNullOrEmpty(secret.Reveal()) ? \"missing\" : \"set\");")]
    [InlineData("_ = new Command(\"curl\").WithEnvironment(\"TOKEN\", secret).WithInput(secret);")]
    [InlineData("_ = new Command(\"curl\").WithEnvironment(\"TOKEN\", secret.Reveal());")]
    [InlineData("context.Log.Info(Environment.GetEnvironmentVariable(\"BRANCH\")!);")]
    [InlineData("context.Log.Info(Environment.GetEnvironmentVariable(\"API_TOKEN_NAME\")!);")]
    [InlineData("context.Log.Info(File.ReadAllText(\"VERSION\"));")]
    [InlineData("var value = secret.Reveal(); Use(value); context.Log.Info(\"done\"); static void Use(string text) { }")]
    [InlineData("var wrapped = Secret.Of(Environment.GetEnvironmentVariable(\"API_TOKEN\")!, \"env\"); context.Log.Info(wrapped.ToString());")]
    public async Task Secret_ElsewhereOrHidden_IsNone(string body) => Assert.Empty(await Snippet.DiagnoseAsync(Stage(body)));

    private static string Stage(string body) => $"class X {{ void Run(StageContext context, Secret secret) {{ {body} }} }}";
}
