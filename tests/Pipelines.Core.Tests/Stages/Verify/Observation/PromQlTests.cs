using Pipelines.Core.Stages.Verify.Observation;

namespace Pipelines.Core.Tests.Stages.Verify.Observation;

public class PromQlTests
{
    [Theory]
    [InlineData("""up{app="{app}"}""", """up{app="a.b\"c\\d"}""")]
    [InlineData("""up{app='{app}'}""", """up{app='a.b"c\\d'}""")]
    [InlineData("""up{app=`{app}`}""", """up{app=`a.b"c\d`}""")]
    [InlineData("""up{pod=~"{app}-.*"}""", """up{pod=~"a\\.b\"c\\\\d-.*"}""")]
    [InlineData("""up{pod !~ "{app}-.*"}""", """up{pod !~ "a\\.b\"c\\\\d-.*"}""")]
    [InlineData("""up{pod=~`{app}-.*`}""", """up{pod=~`a\.b"c\\d-.*`}""")]
    [InlineData("""up{x="\"{tag}"}""", """up{x="\"v1"}""")]
    [InlineData("""up{x=~"a{2,3}\\p{Greek}{tag}"}""", """up{x=~"a{2,3}\\p{Greek}v1"}""")]
    [InlineData("""sum by (le) (rate({__name__="x",e="{environment}",r="{revision}"}[5m])) # of {app}""", """sum by (le) (rate({__name__="x",e="prod",r="c0ffee"}[5m])) # of {app}""")]
    public void Fill_Values_StayValues(string query, string expected) => Assert.Equal(expected, PromQl.Fill("m", query, new Dictionary<string, string>
    {
        ["app"] = "a.b\"c\\d",
        ["environment"] = "prod",
        ["tag"] = "v1",
        ["revision"] = "c0ffee",
    }));

    [Fact]
    public void Fill_BacktickInABacktickString_IsRefused() =>
        Assert.Contains("backtick", Assert.Throws<InvalidUsageException>(() => PromQl.Fill("m", "up{app=`{app}`}", new Dictionary<string, string> { ["app"] = "a`b" })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("up{app=\"{ap}\"}", "{ap} is unknown", "Did you mean 'app'?")]
    [InlineData("up{app=\"{namespace}\"}", "{namespace} is unknown", "The placeholders are {app}, {environment}, {tag}, {revision}.")]
    [InlineData("http_{app}_total", "{app} stands outside quotes", "app=\"{app}\"")]
    [InlineData("up{app=\"{app}}", "a string that begins with \" has no end", "Close it")]
    public void New_UnusablePlaceholder_IsRefused(string query, string what, string advice)
    {
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => new Metric("m", query, Threshold.AtMost(1)));
        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
    }
}
