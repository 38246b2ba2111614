namespace Pipelines.Core;

/// <summary>Why Prometheus gave no usable answer.</summary>
public enum PrometheusFailure
{
    /// <summary>It could not be reached, was too slow, limits the rate, or is overloaded. It may answer later.</summary>
    Unreachable,

    /// <summary>What answers is not Prometheus' API: a login page, a proxy, another server.</summary>
    NotPrometheus,

    /// <summary>The token or the password is missing, wrong, or lacks a permission.</summary>
    Credential,

    /// <summary>The query cannot be read: it never gives an answer.</summary>
    BadQuery,

    /// <summary>The query was read and could not be carried out on the data there is.</summary>
    Execution,
}
