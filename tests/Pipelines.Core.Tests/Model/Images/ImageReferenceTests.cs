namespace Pipelines.Core.Tests.Model.Images;

public class ImageReferenceTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("app", null, "app", null, null)]
    [InlineData("team/app:1.0", null, "team/app", "1.0", null)]
    [InlineData("localhost/app", "localhost", "app", null, null)]
    [InlineData("localhost:5000/team/app:v1", "localhost:5000", "team/app", "v1", null)]
    [InlineData("registry.example.com/a/b/c@" + Digest, "registry.example.com", "a/b/c", null, Digest)]
    [InlineData("registry.example.com:443/app:1@" + Digest, "registry.example.com:443", "app", "1", Digest)]
    [InlineData("[::1]:5000/app:1", "[::1]:5000", "app", "1", null)]
    [InlineData("123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service", "123456789012.dkr.ecr.ap-south-1.amazonaws.com", "order-service", null, null)]
    [InlineData("REG/app", "REG", "app", null, null)]
    [InlineData("a.b__c---d/x", "a.b__c---d", "x", null, null)]
    public void Parse_LegalForm_GivesPartsAndPrintsTheSame(string text, string? registry, string repository, string? tag, string? digest)
    {
        if (registry == "a.b__c---d")
        {
            Assert.Throws<FormatException>(() => ImageReference.Parse(text)); // its first part has a dot, so it is a host, and no legal one
            return;
        }

        var reference = ImageReference.Parse(text);
        Assert.Equal((registry, repository, tag, digest), (reference.Registry, reference.Repository, reference.Tag, reference.Digest));
        Assert.Equal(text, reference.ToString());
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("https://registry.example.com/app", "scheme")]
    [InlineData("Order-Service", "upper-case")]
    [InlineData("app:", "no tag")]
    [InlineData("app:-x", "no tag")]
    [InlineData("app:1\n", "white space")]
    [InlineData("app@sha256:12", "no digest")]
    [InlineData("a//b", "empty part")]
    [InlineData("registry.example.com/", "names no repository")]
    [InlineData("app_", "no part of a repository")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "image id")]
    [InlineData("registry_x.com:99/app", "no registry host")]
    public void Parse_IllegalForm_SaysWhy(string text, string reason)
    {
        FormatException exception = Assert.Throws<FormatException>(() => ImageReference.Parse(text));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }
}
