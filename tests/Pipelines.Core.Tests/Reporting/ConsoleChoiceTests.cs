using System.Globalization;
using Pipelines.Core.Hosts;
using Pipelines.Core.Reporting;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Reporting;

public class ConsoleChoiceTests
{
    [Theory]
    [InlineData(null, true, false, "xterm", typeof(LiveConsole))]
    [InlineData(null, true, true, "xterm", typeof(PlainConsole))]
    [InlineData(null, false, false, "xterm", typeof(PlainConsole))]
    [InlineData(null, true, false, "dumb", typeof(PlainConsole))]
    [InlineData("live", false, false, "xterm", typeof(PlainConsole))]
    [InlineData("live", true, true, "xterm", typeof(LiveConsole))]
    [InlineData("plain", true, false, "xterm", typeof(PlainConsole))]
    [InlineData("json", true, false, "xterm", typeof(JsonConsole))]
    public void Create_FitsWhatWasAskedAndWhereItIs(string? asked, bool terminal, bool ci, string term, Type expected)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Assert.IsType(expected, ConsoleChoice.Create(asked, output, terminal, new CiHost { Name = "x", IsCi = ci }, Variables(("TERM", term)), new ManualTime(), null));
    }

    [Fact]
    public void UsesColor_NoColorSet_IsFalse()
    {
        var local = new CiHost { Name = "local", IsCi = false };
        CiHost github = CiHost.Detect(Variables(("GITHUB_ACTIONS", "true")));
        Assert.True(ConsoleChoice.UsesColor(true, local, Variables()));
        Assert.False(ConsoleChoice.UsesColor(false, local, Variables()));
        Assert.True(ConsoleChoice.UsesColor(false, github, Variables()));
        Assert.False(ConsoleChoice.UsesColor(true, github, Variables(("NO_COLOR", "1"))));
    }

    private static HostEnvironment Variables(params (string Name, string Value)[] variables) => HostEnvironment.Of(variables.ToDictionary(variable => variable.Name, variable => variable.Value));
}
