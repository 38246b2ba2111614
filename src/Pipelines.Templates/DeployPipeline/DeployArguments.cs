using System.Text.RegularExpressions;
using Pipelines.Core;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Templates;

/// <summary>Checks the three arguments of the one line.</summary>
internal static partial class DeployArguments
{
    private const int MaxAppLength = 53; // Helm release names: https://helm.sh/docs/chart_best_practices/conventions/

    public static IEnumerable<string> Check(string app, string ecrRepo, string slackChannel)
    {
        if (CheckApp(app) is { } appError)
            yield return appError;
        if (CheckRepository(ecrRepo) is { } repositoryError)
            yield return repositoryError;
        if (CheckChannel(slackChannel) is { } channelError)
            yield return channelError;
    }

    public static IEnumerable<string> CheckEnvironments(IReadOnlyList<DeployEnvironment> environments)
    {
        if (environments.Count == 0)
            yield return "Environments is empty. Name at least one, such as new DeployEnvironment(\"staging\").";
        foreach (DeployEnvironment environment in environments)
            if (CheckEnvironment(environment.Name) is { } reason)
                yield return reason;
        foreach (IGrouping<string, DeployEnvironment> same in environments.GroupBy(environment => environment.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"Environments names '{same.Key}' twice. An image goes through each once.";
        if (environments.Count > 0 && environments[0].IsProtected)
            yield return $"Environments starts with '{environments[0].Name}', which is protected: nothing can be proven before it. Put an environment that is not protected in front of it.";
    }

    public static string? CheckEnvironment(string name) =>
        name == "approval" ? "'approval' is no name for an environment: settings of all of them are called so (approval.approvers)."
        : name.Length is > 0 and <= 40 && char.IsAsciiLetterLower(name[0]) && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-')
            ? null
            : $"'{name}' is no name of an environment: lower-case letters, digits and dashes, starting with a letter.";

    private static string? CheckApp(string app)
    {
        const string Rule = "Use lower-case letters, digits and dashes, starting with a letter, such as \"order-service\".";
        if (string.IsNullOrWhiteSpace(app))
            return $"app is empty. {Rule}";
        if (app.Length > MaxAppLength)
            return $"app '{app}' has {app.Length} characters; Helm and Kubernetes take {MaxAppLength}. Shorten it.";
        return AppName().IsMatch(app) ? null : $"app '{app}' is no name for Kubernetes. {Rule}";
    }

    private static string? CheckRepository(string ecrRepo)
    {
        const string Example = "such as 123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service";
        if (string.IsNullOrWhiteSpace(ecrRepo))
            return $"ecrRepo is empty. Give the image repository with its registry, {Example}.";
        if (!ImageReference.TryParse(ecrRepo, out ImageReference? reference, out string? reason))
            return ecrRepo.Contains("://", StringComparison.Ordinal)
                ? $"ecrRepo '{GitUrl.WithoutUserInfo(ecrRepo)}' has a scheme. Write it without, {Example}."
                : $"ecrRepo '{ecrRepo}' is no image repository: {reason}";
        if (reference.Tag is not null || reference.Digest is not null)
            return $"ecrRepo '{ecrRepo}' has a tag or digest. Write '{reference.Name}': the tag is the commit.";
        return reference.Registry is null ? $"ecrRepo '{ecrRepo}' has no registry host. Write it whole, {Example}." : null;
    }

    private static string? CheckChannel(string slackChannel)
    {
        if (string.IsNullOrWhiteSpace(slackChannel))
            return "slackChannel is empty. Give the channel's name with its #, such as \"#orders-team\".";
        if (!slackChannel.StartsWith('#'))
            return $"slackChannel '{slackChannel}' has no #. Write \"#{slackChannel}\".";
        return ChannelName().IsMatch(slackChannel) ? null : $"slackChannel '{slackChannel}' is no channel name: Slack takes up to 80 lower-case letters, digits, dashes and underscores after the #.";
    }

    [GeneratedRegex(@"^[a-z](?:[a-z0-9-]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex AppName();

    [GeneratedRegex(@"^#[\p{Ll}\p{Lo}\p{N}_.-]{1,80}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ChannelName();
}
