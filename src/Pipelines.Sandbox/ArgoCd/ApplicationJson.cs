using System.Globalization;
using System.Text.Json;

namespace Pipelines.Sandbox.ArgoCd;

/// <summary>Writes an application as Argo CD's API does: <c>v1alpha1Application</c> of its OpenAPI document (assets/swagger.json of argoproj/argo-cd).</summary>
internal static class ApplicationJson
{
    public static void Write(Utf8JsonWriter json, Application application, ApplicationStatus status)
    {
        json.WriteStartObject("metadata");
        json.WriteString("name", application.Name);
        json.WriteString("namespace", "argocd");
        json.WriteString("resourceVersion", status.Version.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();

        json.WriteStartObject("spec");
        json.WriteString("project", "default");
        WriteSource(json, application);
        json.WriteStartObject("destination");
        json.WriteString("server", "https://kubernetes.default.svc");
        json.WriteString("namespace", application.Environment);
        json.WriteEndObject();
        json.WriteStartObject("syncPolicy");
        json.WriteStartObject("automated");
        json.WriteBoolean("prune", true);
        json.WriteBoolean("selfHeal", true);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("status");
        WriteStatus(json, application, status);
        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, Application application, ApplicationStatus status)
    {
        if (status.ComparisonError is not null)
        {
            json.WriteStartArray("conditions");
            json.WriteStartObject();
            json.WriteString("type", "ComparisonError");
            json.WriteString("message", status.ComparisonError);
            json.WriteString("lastTransitionTime", Time(status.ReconciledAt));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteStartArray("resources");
        WriteResource(json, application, status, "", "ConfigMap", null, null);
        WriteResource(json, application, status, "", "Service", "Healthy", null);
        WriteResource(json, application, status, "apps", "Deployment", status.Health, status.HealthMessage);
        json.WriteEndArray();

        json.WriteStartObject("sync");
        json.WriteString("status", status.Sync);
        json.WriteString("revision", status.Revision);
        json.WriteStartObject("comparedTo");
        WriteSource(json, application);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("health");
        json.WriteString("status", status.Health);
        json.WriteString("lastTransitionTime", Time(status.HealthSince));
        json.WriteEndObject();
        if (status.LastOperation is { } operation)
            WriteOperation(json, application, operation);
        json.WriteString("reconciledAt", Time(status.ReconciledAt));
        json.WriteString("sourceType", "Helm");
    }

    private static void WriteOperation(Utf8JsonWriter json, Application application, ApplicationStatus.Operation operation)
    {
        json.WriteStartObject("operationState");
        json.WriteStartObject("operation");
        json.WriteStartObject("sync");
        json.WriteString("revision", operation.Revision);
        json.WriteEndObject();
        json.WriteStartObject("initiatedBy");
        json.WriteBoolean("automated", true);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("phase", operation.Phase);
        json.WriteString("message", operation.Message);
        json.WriteString("startedAt", Time(operation.StartedAt));
        if (operation.FinishedAt is { } finished)
            json.WriteString("finishedAt", Time(finished));
        json.WriteStartObject("syncResult");
        json.WriteString("revision", operation.Revision);
        WriteSource(json, application);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, Application application)
    {
        json.WriteStartObject("source");
        json.WriteString("repoURL", application.RepositoryPath);
        json.WriteString("path", Path.GetDirectoryName(application.ManifestFile)?.Replace('\\', '/'));
        json.WriteString("targetRevision", "main");
        json.WriteStartObject("helm");
        json.WriteStartArray("valueFiles");
        json.WriteStringValue(Path.GetFileName(application.ManifestFile));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter json, Application application, ApplicationStatus status, string group, string kind, string? health, string? message)
    {
        json.WriteStartObject();
        if (group.Length > 0)
            json.WriteString("group", group);
        json.WriteString("version", "v1");
        json.WriteString("kind", kind);
        json.WriteString("namespace", application.Environment);
        json.WriteString("name", application.App);
        json.WriteString("status", kind == "Deployment" ? status.Sync : status.Sync == "Unknown" ? "Unknown" : "Synced");
        if (health is not null)
        {
            json.WriteStartObject("health");
            json.WriteString("status", health);
            if (message is not null)
                json.WriteString("message", message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // Kubernetes' metav1.Time: whole seconds.
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
