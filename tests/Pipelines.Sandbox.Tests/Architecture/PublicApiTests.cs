using System.Reflection;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Architecture;

public class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheReviewedOne()
    {
        string? difference = PublicApi.Difference(Assembly.Load("Pipelines.Sandbox"));
        Assert.True(difference is null, difference);
    }
}
