namespace Pipelines.Sandbox.Registry;

/// <summary>An error of the OCI distribution protocol: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes.</summary>
internal sealed class RegistryError(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static RegistryError BlobUnknown(string digest) => new(404, "BLOB_UNKNOWN", $"blob unknown to registry: {digest}");

    public static RegistryError ManifestUnknown(string reference) => new(404, "MANIFEST_UNKNOWN", $"manifest unknown: {reference}");

    public static RegistryError ManifestBlobUnknown(string digest) => new(400, "MANIFEST_BLOB_UNKNOWN", $"the manifest names content that the repository does not hold: {digest}");

    public static RegistryError DigestInvalid(string given, string? actual = null) =>
        new(400, "DIGEST_INVALID", actual is null ? $"'{given}' is no sha256 digest" : $"the content is {actual}, not {given}");

    public static RegistryError ManifestInvalid(string reason) => new(400, "MANIFEST_INVALID", $"manifest invalid: {reason}");

    public static RegistryError NameInvalid(string name) => new(400, "NAME_INVALID", $"invalid repository name: {name}");

    public static RegistryError NameUnknown(string name) => new(404, "NAME_UNKNOWN", $"repository name not known to registry: {name}");

    public static RegistryError TagInvalid(string tag) => new(400, "TAG_INVALID", $"invalid tag: {tag}");

    public static RegistryError UploadUnknown() => new(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");

    public static RegistryError RangeInvalid(string range, long expected) => new(416, "BLOB_UPLOAD_INVALID", $"the chunk '{range}' does not start at {expected}");

    public static RegistryError Unsupported() => new(405, "UNSUPPORTED", "the operation is unsupported");

    public static RegistryError Fault() => new(500, "UNKNOWN", "no space left on device (sandbox fault 'registry')");
}
