namespace Pipelines.Core.Secrets.Detection;

/// <summary>How much a name says that its value is secret.</summary>
internal enum NameStrength
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A key of whatever kind: of a table, of a cache, or of a door.</summary>
    Weak,

    /// <summary>A token, a secret, an API key.</summary>
    Plain,

    /// <summary>A password.</summary>
    Strong,
}
