using System.Reflection;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests.Architecture;

public class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheReviewedOne()
    {
        string? difference = PublicApi.Difference(Assembly.Load("Pipelines.Templates"));
        Assert.True(difference is null, difference);
    }
}
