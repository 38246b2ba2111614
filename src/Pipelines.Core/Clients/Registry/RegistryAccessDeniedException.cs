namespace Pipelines.Core;

/// <summary>A registry lets us not do what we asked: not signed in, or not allowed.</summary>
public sealed class RegistryAccessDeniedException : PipelineException
{
    internal RegistryAccessDeniedException(string registry, string asked, string? evidence, bool anonymous)
        : base(
            anonymous ? $"The registry {registry} wants a sign-in to {asked}, and this pipeline has none for it." : $"The registry {registry} refuses these credentials to {asked}.",
            evidence,
            anonymous
                ? "Give credentials: 'Credentials = new RegistryCredentials.Basic(user, SecretReference.Parse(\"env://NAME\"))' on the stage, or the template's registry settings."
                : "Check that the user or role may do this in that repository (push needs more than pull), and that the password or token is not expired.")
    {
        Registry = registry;
        _anonymous = anonymous;
    }

    private readonly bool _anonymous;

    /// <summary>The registry's host.</summary>
    public string Registry { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => _anonymous ? FailureKind.MissingPrerequisite : FailureKind.Failed;
}
