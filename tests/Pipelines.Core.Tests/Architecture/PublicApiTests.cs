using System.Reflection;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Architecture;

public class PublicApiTests
{
    [Fact]
    public void PublicApi_IsTheReviewedOne()
    {
        string? difference = PublicApi.Difference(Assembly.Load("Pipelines.Core"));
        Assert.True(difference is null, difference);
    }
}
