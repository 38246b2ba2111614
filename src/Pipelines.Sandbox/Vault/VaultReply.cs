using System.Text.Json;

namespace Pipelines.Sandbox.Vault;

/// <summary>An answer that is still to be written.</summary>
/// <param name="Status">The status.</param>
/// <param name="Write">Writes the body's properties; null for no body.</param>
internal sealed record VaultReply(int Status, Action<Utf8JsonWriter>? Write)
{
    public static VaultReply NoContent { get; } = new(204, null);

    public static VaultReply Denied { get; } = Error(403, "1 error occurred:\n\t* permission denied\n\n");

    public static VaultReply BadToken { get; } = Error(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n");

    public static VaultReply NotFound { get; } = Error(404);

    public static VaultReply Error(int status, params string[] errors) => new(status, json =>
    {
        json.WriteStartArray("errors");
        foreach (string error in errors)
            json.WriteStringValue(error);
        json.WriteEndArray();
    });

    /// <summary>A secret, as every engine gives it.</summary>
    public static VaultReply Data(Action<Utf8JsonWriter> data, VaultStandInLease? lease = null, int status = 200) => new(status, json =>
    {
        WriteEnvelope(json, lease?.Id ?? "", lease is { IsRenewable: true }, lease?.Duration ?? TimeSpan.Zero);
        json.WriteStartObject("data");
        data(json);
        json.WriteEndObject();
        json.WriteNull("wrap_info");
        json.WriteNull("warnings");
        json.WriteNull("auth");
    });

    /// <summary>A login, or a renewed token.</summary>
    public static VaultReply Auth(VaultStandInToken token, TimeSpan duration) => new(200, json =>
    {
        WriteEnvelope(json, "", false, TimeSpan.Zero);
        json.WriteNull("data");
        json.WriteNull("wrap_info");
        json.WriteNull("warnings");
        json.WriteStartObject("auth");
        json.WriteString("client_token", token.Value);
        json.WriteString("accessor", token.Accessor);
        json.WriteStartArray("policies");
        foreach (string policy in token.Policies)
            json.WriteStringValue(policy);
        json.WriteEndArray();
        json.WriteNumber("lease_duration", (long)duration.TotalSeconds);
        json.WriteBoolean("renewable", token.IsRenewable);
        json.WriteString("entity_id", token.EntityId);
        json.WriteString("token_type", "service");
        json.WriteEndObject();
    });

    public static void WriteEnvelope(Utf8JsonWriter json, string leaseId, bool renewable, TimeSpan duration)
    {
        json.WriteString("request_id", Guid.NewGuid().ToString("D"));
        json.WriteString("lease_id", leaseId);
        json.WriteBoolean("renewable", renewable);
        json.WriteNumber("lease_duration", (long)duration.TotalSeconds);
    }
}
