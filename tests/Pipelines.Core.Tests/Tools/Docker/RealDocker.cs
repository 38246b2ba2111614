using System.Diagnostics;
using System.Formats.Tar;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Docker;

/// <summary>The real docker with a base image of one static program, so that nothing is downloaded. Tests skip where its engine does not run.</summary>
public static class RealDocker
{
    public const string BaseImage = "pipelines-test-base:1";

    private static readonly Lazy<string?> WhyNot = new(Prepare);

    public static void Require()
    {
        Assert.False(WhyNot.Value is not null && RealParts.AreRequired, $"{WhyNot.Value} (END_TO_END=required)");
        Assert.SkipWhen(WhyNot.Value is not null, WhyNot.Value ?? "");
    }

    /// <summary>The docker programs of this machine: a client before 23 has BuildKit inside, a later one without buildx has the classic builder only.</summary>
    public static IEnumerable<string> Programs => ((string[])["/usr/bin/docker", "/usr/local/bin/docker"]).Where(File.Exists);

    public static (int ExitCode, string Output) Run(params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string? Prepare()
    {
        const string BusyBox = "/usr/bin/busybox";
        if (!RealParts.IsInstalled("docker"))
            return "docker is not installed";
        if (Run("version", "--format", "{{.Server.Version}}").ExitCode != 0)
            return "the docker engine does not run";
        if (!File.Exists(BusyBox))
            return "busybox-static, for a base image, is not installed";
        using var folder = new TemporaryDirectory();
        string archive = Path.Combine(folder.Path, "base.tar");
        using (var tar = new TarWriter(File.Create(archive)))
        {
            tar.WriteEntry(BusyBox, "bin/busybox");
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/sh") { LinkName = "busybox" });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/cat") { LinkName = "busybox" });
        }

        (int code, string output) = Run("import", archive, BaseImage);
        return code == 0 ? null : $"docker import failed: {output}";
    }
}
