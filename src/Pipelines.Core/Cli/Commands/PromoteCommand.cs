using Pipelines.Core.Model;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>promote</c>: a run of its own, whose image is what another environment has proven.</summary>
internal static class PromoteCommand
{
    public static Task<int> RunAsync(Invocation invocation) => RunCommand.RunAsync(invocation with
    {
        Template = new PromotionTemplate(invocation.Template, invocation.Request.PromoteFrom, invocation.Request.PromoteTo, invocation.Environment.Variables),
    });

    /// <summary>Which environments are meant.</summary>
    /// <exception cref="InvalidUsageException">They are not known, or make no way.</exception>
    public static (DeploymentEnvironment From, DeploymentEnvironment To) Choose(IReadOnlyList<DeploymentEnvironment> environments, string? from, string? to)
    {
        string known = "  The environments are " + string.Join(", ", environments.Select(environment => environment.Name + (environment.IsProtected ? " (protected)" : ""))) + ".";
        DeploymentEnvironment target = to is not null ? Find("--to", to)
            : environments.Where(environment => environment.IsProtected).ToArray() is [var only] ? only
            : throw new InvalidUsageException("Where to promote to is not clear.", known, "Give --to.");
        int place = environments.IndexOf(target);
        DeploymentEnvironment source = from is not null ? Find("--from", from)
            : place > 0 ? environments[place - 1]
            : throw new InvalidUsageException($"There is no environment before '{target.Name}' to promote from.", known, "Give --from.");
        return source.Name == target.Name ? throw new InvalidUsageException($"'{source.Name}' cannot be promoted to itself.", known, "Give --from and --to.") : (source, target);

        DeploymentEnvironment Find(string option, string name) => environments.FirstOrDefault(environment => environment.Name == name)
            ?? throw new InvalidUsageException($"{option}: there is no environment '{name}'.{NearestName.Suggestion(name, environments.Select(environment => environment.Name))}", known, null);
    }

    private static int IndexOf(this IReadOnlyList<DeploymentEnvironment> environments, DeploymentEnvironment environment)
    {
        for (int index = 0; index < environments.Count; index++)
            if (environments[index].Name == environment.Name)
                return index;
        return -1;
    }
}
