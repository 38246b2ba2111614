using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>What must hold of each container of a workload.</summary>
internal static partial class ContainerRules
{
    private static readonly string[] s_handlers = ["httpGet", "tcpSocket", "grpc", "exec"];

    /// <summary>Of a container that takes requests: its probes, and how it goes.</summary>
    /// <returns>How many seconds its preStop hook waits, as far as that can be told.</returns>
    public static double CheckServing(ManifestDocument workload, ManifestNode container, RuleContext context)
    {
        string name = Name(container);
        ManifestNode readiness = container["readinessProbe"], liveness = container["livenessProbe"];
        if (!context.IsUnknown(ZeroDowntimeRule.Readiness, workload, readiness, "readinessProbe", name) && readiness.IsEmpty)
            context.Find(ZeroDowntimeRule.Readiness, workload, container, "it has no readinessProbe: it gets requests before it can answer them", name);
        else if (liveness.Exists && Same(readiness, liveness) is { } same)
            context.Find(ZeroDowntimeRule.SameProbes, workload, liveness, $"livenessProbe asks the same as readinessProbe ({same}): a busy pod is killed where it should only get no more requests. Let liveness ask only whether the process works, or leave it out", name);

        ManifestNode preStop = container["lifecycle.preStop"];
        if (context.IsUnknown(ZeroDowntimeRule.PreStop, workload, preStop, "preStop", name))
            return 0;
        if (preStop.IsEmpty)
        {
            context.Find(ZeroDowntimeRule.PreStop, workload, container["lifecycle"] is { Exists: true } lifecycle ? lifecycle : container, "it has no preStop hook: it stops while requests are still sent to it. Write lifecycle.preStop.sleep.seconds: 5, or exec: [\"sleep\", \"5\"]", name);
            return 0;
        }

        return Wait(preStop);
    }

    /// <summary>Of every container, init containers included: its image, its memory, its user.</summary>
    public static void Check(ManifestDocument workload, ManifestNode pod, ManifestNode container, RuleContext context)
    {
        string name = Name(container);
        ManifestNode image = container["image"];
        if (!context.IsUnknown(ZeroDowntimeRule.Tag, workload, image, "image", name) && TagProblem(image.Text) is { } problem)
            context.Find(ZeroDowntimeRule.Tag, workload, image.Exists ? image : container, problem, name);

        ManifestNode memory = container["resources.limits.memory"];
        if (!context.IsUnknown(ZeroDowntimeRule.Memory, workload, container["resources"], "resources", name) && !context.IsUnknown(ZeroDowntimeRule.Memory, workload, memory, "the memory limit", name) && memory.IsEmpty)
            context.Find(ZeroDowntimeRule.Memory, workload, container["resources"] is { Exists: true } resources ? resources : container, "it has no memory limit; write resources.limits.memory", name);

        User(workload, pod, container, name, context);
    }

    /// <summary>What is wrong with an image's name; null where it is one certain image.</summary>
    public static string? TagProblem(string? image)
    {
        if (string.IsNullOrWhiteSpace(image))
            return "it names no image";
        if (image.Contains('@', StringComparison.Ordinal))
            return null;
        string last = image[(image.LastIndexOf('/') + 1)..];
        int colon = last.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || colon == last.Length - 1 ? $"the image {image} has no tag, and is latest then; name the tag or the digest that was built"
            : last[(colon + 1)..] == "latest" ? $"the image {image} is another one tomorrow; name the tag or the digest that was built"
            : null;
    }

    private static void User(ManifestDocument workload, ManifestNode pod, ManifestNode container, string name, RuleContext context)
    {
        // What the container says stands over what the pod says, key by key.
        ManifestNode nonRoot = container["securityContext.runAsNonRoot"] is { Exists: true } own ? own : pod["securityContext.runAsNonRoot"];
        ManifestNode user = container["securityContext.runAsUser"] is { Exists: true } ownUser ? ownUser : pod["securityContext.runAsUser"];
        if (context.IsUnknown(ZeroDowntimeRule.Root, workload, nonRoot, "runAsNonRoot", name) || context.IsUnknown(ZeroDowntimeRule.Root, workload, user, "runAsUser", name))
            return;
        if (user.Number == 0)
            context.Find(ZeroDowntimeRule.Root, workload, user, "runAsUser is 0, which is root; write the id of another user", name);
        else if (nonRoot.Flag != true && user.Number is not > 0)
            context.Find(ZeroDowntimeRule.Root, workload, nonRoot.Exists ? nonRoot : container["securityContext"] is { Exists: true } security ? security : container, "it may run as root; write securityContext.runAsNonRoot: true", name);
    }

    /// <summary>What both probes ask; null where they differ.</summary>
    private static string? Same(ManifestNode readiness, ManifestNode liveness)
    {
        foreach (string handler in s_handlers)
            if (readiness[handler].Exists && liveness[handler].Exists && Words(handler, readiness[handler]) is var words && words == Words(handler, liveness[handler]))
                return words;
        return null;
    }

    private static string Words(string handler, ManifestNode node) => handler switch
    {
        "httpGet" => $"GET {node["port"].Text}{node["path"].Text ?? "/"}",
        "tcpSocket" => $"port {node["port"].Text}",
        "grpc" => $"gRPC {node["port"].Text} {node["service"].Text}".TrimEnd(),
        _ => string.Join(' ', node["command"].Items.Select(item => item.Text)),
    };

    private static double Wait(ManifestNode preStop)
    {
        if (preStop["sleep.seconds"].Number is { } seconds)
            return seconds;
        string command = string.Join(' ', preStop["exec.command"].Items.Select(item => item.Text));
        Match match = Sleep().Match(command);
        return match.Success ? double.Parse(match.Groups["seconds"].Value, CultureInfo.InvariantCulture) : 0;
    }

    private static string Name(ManifestNode container) => container["name"].Text ?? "(no name)";

    // "sleep 10", "sleep", "10" as two arguments, "time.sleep(5)"
    [GeneratedRegex(@"\bsleep[\s(""']+(?<seconds>\d+(\.\d+)?)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Sleep();
}
