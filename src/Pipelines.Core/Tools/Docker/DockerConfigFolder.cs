using System.Text.Json.Nodes;

namespace Pipelines.Core.Tools.Docker;

/// <summary>A private <c>DOCKER_CONFIG</c> for one run's sign-in. It starts as a copy of the user's own, so that plugins, contexts and other registries' sign-ins still work; the user's own is never changed.</summary>
internal static class DockerConfigFolder
{
    /// <summary>Fills the folder.</summary>
    /// <param name="folder">The private folder.</param>
    /// <param name="userFolder">The user's, such as <c>~/.docker</c>.</param>
    /// <param name="registry">The registry that will be signed in to.</param>
    public static void Fill(PrivateFolder folder, string userFolder, string registry)
    {
        JsonObject config = Read(System.IO.Path.Combine(userFolder, "config.json"));
        // without this, "docker login" would put the password into the user's own keychain
        if (config["credHelpers"] is not JsonObject helpers)
            config["credHelpers"] = helpers = [];
        helpers[registry] = "";
        (config["auths"] as JsonObject)?.Remove(registry);
        folder.Write("config.json", config.ToJsonString());
        foreach (string name in (ReadOnlySpan<string>)["cli-plugins", "contexts"])
            Link(System.IO.Path.Combine(userFolder, name), System.IO.Path.Combine(folder.Path, name));
    }

    /// <summary>Where docker keeps the user's configuration.</summary>
    public static string OfUser()
    {
#pragma warning disable RS0030 // docker's own variable, which the private folder stands in for
        string? configured = Environment.GetEnvironmentVariable("DOCKER_CONFIG");
#pragma warning restore RS0030
        return string.IsNullOrEmpty(configured) ? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker") : configured;
    }

    private static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return []; // none, or none that docker could read either
        }
    }

    private static void Link(string target, string link)
    {
        if (!Directory.Exists(target))
            return;
        try
        {
            Directory.CreateSymbolicLink(link, target);
        }
        catch (IOException)
        {
            // Windows without the right to make links: plugins of the machine are still found
        }
    }
}
