using System.Reflection;
using Pipelines.Core;

namespace Build;

/// <summary>Uses the packed packages as a service team does: a fresh repository with the five-line script and the pinned version deploys in the sandbox.</summary>
internal sealed record TryPackages : IStage<PackedVersion, Unit>, IDescribedStage
{
    public string Description => "a fresh service repository with the pinned packages deploys in the sandbox, twice; its build tells of a secret and of a loose version";

    public async Task<Unit> RunAsync(PackedVersion packages, StageContext context, CancellationToken cancellationToken)
    {
        string service = Directory.CreateTempSubdirectory("pipelines-service-").FullName;
        try
        {
            ForgetCachedPackages(packages.Version);
            WriteService(service, packages);
            foreach (string[] git in new string[][] { ["init", "--quiet", "--initial-branch=main"], ["add", "--all"], ["-c", "user.name=Service team", "-c", "user.email=team@example.invalid", "commit", "--quiet", "--message", "The service"] })
                await new Command("git", git).In(service).RunAsync(context, cancellationToken);

            CommandResult first = await Deploy(service, context, cancellationToken);
            Expect(first, "succeeded", "the first deploy");
            CommandResult second = await Deploy(service, context, cancellationToken);
            Expect(second, "already deployed", "the second deploy, with no change");
            await ExpectChecksAsync(service, packages, context, cancellationToken);
            return Unit.Value;
        }
        finally
        {
            foreach (string file in Directory.EnumerateFiles(service, "*", SearchOption.AllDirectories))
                File.SetAttributes(file, FileAttributes.Normal); // git makes its objects read-only
            Directory.Delete(service, recursive: true);
        }
    }

    private static Task<CommandResult> Deploy(string service, StageContext context, CancellationToken cancellationToken) =>
        new Command("dotnet", "run", "--project", "build", "--", "--sandbox", "--output", "plain", "--set", "image.builder=assembler")
            .In(service)
            .WithoutEnvironment("CI") // as on a laptop: no lock file is wanted of a fresh repository
            .RunAsync(context, cancellationToken);

    /// <summary>The analyzers and the check of versions come with the packages: a secret stops the build of a script, a version that is not pinned is told of.</summary>
    private static async Task ExpectChecksAsync(string service, PackedVersion packages, StageContext context, CancellationToken cancellationToken)
    {
        string project = Path.Combine(service, "build", "build.csproj");
        await File.WriteAllTextAsync(project, (await File.ReadAllTextAsync(project, cancellationToken)).Replace($"[{packages.Version}]", packages.Version, StringComparison.Ordinal), cancellationToken);
        string token = "ghp_" + string.Concat(Enumerable.Range(0, 36).Select(index => "q7Zr1Tn4Kc9Wd2Xs"[index * 5 % 16])); // put together, so that no scan takes this file for a leak
        await File.WriteAllTextAsync(Path.Combine(service, "build", "Leak.cs"), $"internal static class Leak {{ public static string Token => \"{token}\"; }}\n", cancellationToken);
        CommandResult built = await new Command("dotnet", "build", "build", "--verbosity", "quiet").In(service).WithoutEnvironment("CI").WithEnvironment("MSBUILDDISABLENODEREUSE", "1").AllowAnyExitCode().Quiet().RunAsync(context, cancellationToken);
        Expect(built, "error PIPE001", "the build of a script with a secret in it");
        Expect(built, "warning PIPE004", "the build of a script whose version is not pinned");
    }

    private static void Expect(CommandResult result, string text, string what)
    {
        if (!result.Output.Contains(text, StringComparison.Ordinal))
            throw new StageFailedException($"{what} did not say '{text}'.", result.Output, "Run the same in a service repository of your own: see README, \"Try a change before you publish it\".");
    }

    /// <summary>The same version was packed before: NuGet would take its old copy.</summary>
    private static void ForgetCachedPackages(string version)
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string name in new[] { "pipelines.core", "pipelines.sandbox", "pipelines.templates" })
            if (Directory.Exists(Path.Combine(cache, name, version)))
                Directory.Delete(Path.Combine(cache, name, version), recursive: true);
    }

    private static void WriteService(string service, PackedVersion packages)
    {
        const string Prefix = "Build.Service/";
        Assembly assembly = typeof(TryPackages).Assembly;
        foreach (string resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            string path = Path.Combine(service, resource[Prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, reader.ReadToEnd().Replace("$(Version)", packages.Version, StringComparison.Ordinal).Replace("$(Packages)", packages.Folder, StringComparison.Ordinal));
        }
    }
}
