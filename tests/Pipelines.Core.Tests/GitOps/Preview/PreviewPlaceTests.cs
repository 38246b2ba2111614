using Pipelines.Core.GitOps.Preview;

namespace Pipelines.Core.Tests.GitOps.Preview;

public sealed class PreviewPlaceTests
{
    private static readonly Previews Good = new()
    {
        App = "order",
        Manifest = new ManifestTarget { Repository = "manifests.git", File = "apps/{app}/{environment}/values-{environment}.yaml" },
        ArgoCd = new ArgoCdTarget { Server = new Uri("https://argocd.example.com"), Application = "{app}-{environment}" },
        Url = "https://{app}-{environment}.preview.example.com",
    };

    [Fact]
    public void Of_Number_FillsInEveryName()
    {
        var place = PreviewPlace.Of(Good, 123);
        Assert.Equal(
            ("preview-pr-123", "apps/order/preview-pr-123/values-preview-pr-123.yaml", "order-preview-pr-123", "order-preview-pr-123", "https://order-preview-pr-123.preview.example.com/", false),
            (place.Name, place.Environment.Manifest.File, place.Environment.ArgoCd!.Application, place.Namespace, place.Url!.AbsoluteUri, place.Environment.IsProtected));
    }

    [Fact]
    public void Of_NameLongerThanKubernetesTakes_IsShortenedAndStaysItsOwn()
    {
        Previews previews = Good with { App = new string('a', 53), Url = null };
        PreviewPlace one = PreviewPlace.Of(previews, 123456), other = PreviewPlace.Of(previews, 123457);
        Assert.InRange(one.Namespace.Length, 1, 63);
        Assert.Equal(one.Namespace, one.Environment.ArgoCd!.Application);
        Assert.Matches("^a+-[0-9a-f]{8}$", one.Namespace);
        Assert.NotEqual(one.Namespace, other.Namespace);
        Assert.Equal(one.Namespace, PreviewPlace.Of(previews, 123456).Namespace);
    }

    [Fact]
    public void Of_HostNameTooLong_IsRefusedWithAShorterWay()
    {
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => PreviewPlace.Of(Good with { App = new string('a', 53) }, 123456));
        Assert.Contains("a name of 71 characters", error.What, StringComparison.Ordinal);
        Assert.Contains("{number}", error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file", "manifest.file")]
    [InlineData("application", "preview.application")]
    [InlineData("namespace", "preview.namespace")]
    [InlineData("url", "preview.url")]
    public void Of_OneForAll_IsRefused(string what, string setting)
    {
        Previews previews = what switch
        {
            "file" => Good with { Manifest = Good.Manifest with { File = "values.yaml" } },
            "application" => Good with { ArgoCd = Good.ArgoCd! with { Application = "order" } },
            "namespace" => Good with { Namespace = "previews" },
            _ => Good with { Url = "https://preview.example.com" },
        };
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => PreviewPlace.Of(previews, 1));
        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AddressWithAPassword_DoesNotRepeatIt()
    {
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => PreviewPlace.Of(Good with { Url = "https://u:hunter22@{environment}.example.com" }, 1));
        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_FilesOfTheRepository_TakesThePreviewsOfThisServiceOnly() => Assert.Equal(
        [(12, "apps/order/preview-pr-12/values-preview-pr-12.yaml")],
        PreviewPlace.Find(Good,
        [
            "apps/order/staging/values-staging.yaml", "apps/order/preview-pr-12/values-preview-pr-12.yaml", "apps/order/preview-pr-12/values-preview-pr-13.yaml", "apps/order/preview-pr-012/values-preview-pr-012.yaml",
            "apps/orders/preview-pr-1/values-preview-pr-1.yaml", "x/apps/order/preview-pr-1/values-preview-pr-1.yaml", "apps/order/preview-pr-1/values-preview-pr-1.yaml.bak",
        ]));

    [Fact]
    public void Note_WrittenAndRead_IsTheSame()
    {
        var note = new PreviewNote("order", 7, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), "Änn\n<x>", "run", "abc") { Url = "https://pr-7.example.com/" };
        string text = note.Write();
        Assert.All(text, character => Assert.True(char.IsAscii(character)));
        Assert.Equal((note, "image: {}\n"), PreviewNote.Read(System.Text.Encoding.UTF8.GetBytes(text + "image: {}\n")));
        Assert.Null(PreviewNote.Read("image:\n  tag: a\nb: c\n"u8.ToArray()));
        Assert.Null(PreviewNote.Read("# x\n# pipelines-preview: {\nb: c\n"u8.ToArray()));
    }
}
