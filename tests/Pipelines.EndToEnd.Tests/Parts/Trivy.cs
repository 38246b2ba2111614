namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>A <c>trivy</c> that finds what it is told to: there is no vulnerability database to download here.</summary>
internal sealed class Trivy
{
    private readonly string _folder;

    /// <param name="tools">A folder of the PATH.</param>
    public Trivy(string tools)
    {
        _folder = Directory.CreateDirectory(Path.Combine(tools, "trivy-files")).FullName;
        string script = Path.Combine(tools, "trivy");
        File.WriteAllText(script, $"""
            #!/bin/sh
            if [ "$1" = --version ]; then echo 'Version: 0.50.1'; exit 0; fi
            report=/dev/stdout
            while [ $# -gt 0 ]; do [ "$1" = --output ] && report=$2; shift; done
            if [ -e '{_folder}/wait' ]; then
              touch '{_folder}/scanning'
              while [ -e '{_folder}/wait' ]; do sleep 0.02; done
            fi
            cp '{_folder}/report.json' "$report"

            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Finds(Clean);
    }

    /// <summary>What Trivy writes where there is nothing to find.</summary>
    public const string Clean = """{"SchemaVersion":2,"ArtifactName":"order-service","ArtifactType":"container_image","Results":[]}""";

    /// <summary>A HIGH finding with a fix: as the real Trivy recorded it where the recording is at hand, else in the documented format.</summary>
    public static string High
    {
        get
        {
            string recorded = Path.Combine(Machine.RepositoryRoot, "..", "shared", "data", "trivy", "alpine-39-high-critical.json");
            return File.Exists(recorded) ? File.ReadAllText(recorded) : """
                {"SchemaVersion":2,"ArtifactName":"order-service","ArtifactType":"container_image","Results":[{"Target":"order-service (alpine 3.9.4)","Class":"os-pkgs","Type":"alpine","Vulnerabilities":[
                  {"VulnerabilityID":"CVE-2019-14697","PkgName":"musl","InstalledVersion":"1.1.20-r4","FixedVersion":"1.1.20-r5","Title":"musl libc: x87 stack imbalance","Severity":"HIGH"}]}]}
                """; // https://trivy.dev/latest/docs/configuration/reporting/#json
        }
    }

    /// <summary>What every scan from now on reports.</summary>
    public void Finds(string report) => File.WriteAllText(Path.Combine(_folder, "report.json"), report);

    /// <summary>Does something while the next scan is under way.</summary>
    public async Task DuringNextScanAsync(Task run, Func<Task> action)
    {
        string scanning = Path.Combine(_folder, "scanning");
        try
        {
            await Machine.UntilAsync(() => Task.FromResult(File.Exists(scanning) || run.IsCompleted), "the scan starts");
            await action();
        }
        finally
        {
            File.Delete(Path.Combine(_folder, "wait"));
        }
    }

    /// <summary>Lets the next scan wait for <see cref="DuringNextScanAsync"/>.</summary>
    public void Hold() => File.WriteAllText(Path.Combine(_folder, "wait"), "");
}
