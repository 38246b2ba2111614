using Microsoft.AspNetCore.Http;
using Pipelines.Sandbox.ArgoCd;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Workload;

/// <summary>The deployed service, one for each environment under <c>/{environment}</c>: it answers its health check with the version that is live.</summary>
internal sealed class WorkloadStandIn(Cluster cluster, string app) : IStandIn
{
    public async Task HandleAsync(HttpContext http)
    {
        string[] path = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path.Length == 0 || await cluster.FindAsync($"{app}-{path[0]}", http.RequestAborted).ConfigureAwait(false) is not { } application)
        {
            await http.TextAsync(404, $"No such environment. The environments are: {string.Join(", ", cluster.Environments)}.").ConfigureAwait(false);
            return;
        }

        await application.ObserveAsync(http.RequestAborted).ConfigureAwait(false);
        ApplicationStatus status = application.Status;
        bool runs = status.LiveTag.Length > 0 && application.AnswersWell;
        await http.JsonAsync(runs ? 200 : 503, json =>
        {
            json.WriteString("status", runs ? "ok" : status.LiveTag.Length == 0 ? "nothing deployed" : "failing");
            json.WriteString("app", app);
            json.WriteString("environment", path[0]);
            json.WriteString("version", status.LiveTag);
            if (!runs && status.LiveTag.Length > 0)
                json.WriteString("error", "could not connect to the database (sandbox fault 'smoke')");
        }).ConfigureAwait(false);
    }
}
