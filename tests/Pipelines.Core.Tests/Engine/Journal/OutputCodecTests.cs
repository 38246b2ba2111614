using System.Text.Json;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Engine.Journal;

public class OutputCodecTests
{
    private static readonly DeploymentEnvironment Staging = new()
    {
        Name = "staging",
        App = "order",
        Manifest = new ManifestTarget { Repository = "https://git.example.com/m.git", File = "values.yaml", Token = SecretReference.Parse("env://T") },
    };

    private static readonly ScannedImage Scanned = new(
        new BuiltImage(ImageReference.Parse("r.example.com:5000/order:abc"), "sha256:1", new ImageLocation.DockerEngine(), new SourceRevision("abc", "main", "https://x", ["a b"], "abc-dirty.1", DateTimeOffset.UnixEpoch.AddHours(1).ToOffset(TimeSpan.FromHours(2)))),
        new ScanResult("trivy 0.5", [new Finding("CVE-1", Severity.High, "musl", "1", null, "t \"q\" \n", "x")], [], [new Finding("CVE-2", Severity.Low, "p", "1", "2", "t", "x")], true));

    private static readonly PublishedImage Published = new(ImageReference.Parse("r.example.com:5000/order:abc"), "sha256:" + new string('a', 64), Scanned);

    public static TheoryData<object, Type> Values()
    {
        var data = new TheoryData<object, Type>
        {
            { Unit.Value, typeof(Unit) },
            { "a \"b\"\n\u2028ü", typeof(string) },
            { true, typeof(bool) },
            { 42, typeof(int) },
            { 42, typeof(int?) },
            { long.MaxValue, typeof(long) },
            { ulong.MaxValue, typeof(ulong) },
            { 0.1, typeof(double) },
            { double.NaN, typeof(double) },
            { 1.10m, typeof(decimal) },
            { 'x', typeof(char) },
            { DayOfWeek.Friday, typeof(DayOfWeek) },
            { new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)).AddTicks(7), typeof(DateTimeOffset) },
            { new DateOnly(2026, 1, 2), typeof(DateOnly) },
            { new TimeOnly(1, 2, 3, 4), typeof(TimeOnly) },
            { TimeSpan.FromTicks(123456789), typeof(TimeSpan) },
            { Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), typeof(Guid) },
            { new Uri("https://example.com/a?b"), typeof(Uri) },
            { new Version(1, 2, 3), typeof(Version) },
            { ImageReference.Parse("r/o:1"), typeof(ImageReference) },
            { Scanned.Image.Source, typeof(SourceRevision) },
            { Scanned.Image, typeof(BuiltImage) },
            { new ScannedSource("abc", Scanned.Scan), typeof(ScannedSource) },
            { new BuiltImage(ImageReference.Parse("r/o:1"), "i", new ImageLocation.Registry("sha256:2"), Scanned.Image.Source), typeof(BuiltImage) },
            { Scanned, typeof(ScannedImage) },
            { Published, typeof(PublishedImage) },
            { new Deployment(Published, Staging, "c0ffee", true, null), typeof(Deployment) },
            { new ProvenDeployment(new Deployment(Published, Staging, "c0ffee", false, "old"), "200"), typeof(ProvenDeployment) },
            { new Approval("sha256:1", "prod", "mary", null, DateTimeOffset.UnixEpoch.AddTicks(3)), typeof(Approval) },
            { new TestResults(1, 2, 3, TimeSpan.FromMilliseconds(5.5), [new TestFailure("n", "m")]) { Coverage = 0.81 }, typeof(TestResults) },
            { new[] { 1, 2 }, typeof(int[]) },
            { new List<string> { "a", "b" }, typeof(IReadOnlyList<string>) },
            { new List<string> { "a", "b" }, typeof(List<string>) },
            { new[] { Published }, typeof(IReadOnlyList<PublishedImage>) },
            { new Version2("1.2", 3, [new Part("x", null)]), typeof(Version2) },
            { (1, "two"), typeof((int, string)) },
        };
        return data;
    }

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Read_WhatWasWritten_IsTheSame(object value, Type type)
    {
        string? json = OutputCodec.Write(value, type, out string? reason);
        Assert.Null(reason);
        object? restored = Restore(json!, type);
        Assert.True((Nullable.GetUnderlyingType(type) ?? type).IsInstanceOfType(restored));
        Assert.Equal(json, OutputCodec.Write(restored, type, out _)); // records of the model with lists in them are equal by their parts only
        if (type.IsPrimitive || type == typeof(string))
            Assert.Equal(value, restored);
    }

    [Fact]
    public void Read_Deployment_TakesTheEnvironmentOfThePlanAndNothingFromTheJournal()
    {
        string json = OutputCodec.Write(new Deployment(Published, Staging, "c0ffee", true, "old"), typeof(Deployment), out _)!;
        Assert.DoesNotContain("env://T", json, StringComparison.Ordinal);
        Assert.Same(Staging, Assert.IsType<Deployment>(Restore(json, typeof(Deployment))).Environment);
        OutputGoneException gone = Assert.Throws<OutputGoneException>(() => OutputCodec.Read(Parse(json), typeof(Deployment), [Staging with { Manifest = Staging.Manifest with { Repository = "https://elsewhere" } }]));
        Assert.Contains("no environment 'staging'", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ImageInAFolder_IsGoneWithTheFolder()
    {
        var folder = new TemporaryDirectory();
        string json = OutputCodec.Write(new BuiltImage(ImageReference.Parse("r/o:1"), "i", new ImageLocation.OciLayout(folder.Path), Scanned.Image.Source), typeof(BuiltImage), out _)!;
        Assert.IsType<ImageLocation.OciLayout>(Assert.IsType<BuiltImage>(Restore(json, typeof(BuiltImage))).Location);
        folder.Dispose();
        Assert.Contains("no more", Assert.Throws<OutputGoneException>(() => Restore(json, typeof(BuiltImage))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_NoOutput_IsKept()
    {
        Assert.Equal("null", OutputCodec.Write(null, typeof(string), out _));
        Assert.Null(Restore("null", typeof(string)));
    }

    public static TheoryData<object, Type, string> Unkeepable() => new()
    {
        { new string('x', ServiceRecords.MaxLength + 1), typeof(string), "it has more than 1048576 characters" },
        { new Part(new string('x', ServiceRecords.MaxLength), null), typeof(Part), "it has more than 1048576 characters" },
        { new Stream[1], typeof(Stream[]), "" },
        { new MemoryStream(), typeof(Stream), "it is a MemoryStream where Stream is declared" },
        { new Plain(), typeof(Plain), "Plain is no record" },
        { new Open("x"), typeof(Open), "Open is not sealed" },
        { new Hidden(3), typeof(Hidden), "Hidden._twice cannot be set from outside" },
        { new WithEvidence(Published), typeof(WithEvidence), "PublishedImage has no public constructor" },
    };

    [Theory]
    [MemberData(nameof(Unkeepable), DisableDiscoveryEnumeration = true)]
    public void Write_WhatMayNotComeBackAsItWas_SaysWhy(object value, Type type, string reason)
    {
        if (reason.Length == 0)
        {
            ((Stream[])value)[0] = new MemoryStream();
            reason = "MemoryStream where Stream";
        }

        Assert.Null(OutputCodec.Write(value, type, out string? actual));
        Assert.Contains(reason, actual, StringComparison.Ordinal);
    }

    private static object? Restore(string json, Type type) => OutputCodec.Read(Parse(json), type, [Staging]);

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    public sealed record Part(string Name, double? Weight);

    public sealed record Version2(string Text, int Major, IReadOnlyList<Part> Parts);

    public sealed record WithEvidence(PublishedImage Image);

    public record Open(string Text);

    public sealed class Plain;

    public sealed record Hidden(int Once)
    {
#pragma warning disable IDE0052, CA1823 // that it is not seen from outside is what it is for
        private readonly int _twice = Once * 2;
#pragma warning restore IDE0052, CA1823
    }
}
