using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Pipelines.Core.Tests.Secrets;

public class SecretTests
{
    private const string Value = "hunter2-very-secret";

    private static readonly Secret s_secret = Secret.Of(Value, "env://TOKEN");

    private sealed record Holder(string Name, Secret Token);

    [Fact]
    public void Print_AnyWay_ShowsStars()
    {
        Assert.Equal("***", s_secret.ToString());
        Assert.Equal("token ***", $"token {s_secret}");
        Assert.Equal("token ***", string.Format(System.Globalization.CultureInfo.InvariantCulture, "token {0}", s_secret));
        Assert.Equal("token ***", "token " + s_secret);
        Assert.Equal("Holder { Name = a, Token = *** }", new Holder("a", s_secret).ToString());
        Assert.DoesNotContain(Value, new InvalidOperationException($"failed with {s_secret}", new ArgumentException(s_secret.ToString())).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Serialize_ObjectWithSecret_ShowsStars()
    {
        Assert.Equal("""{"Name":"a","Token":"***"}""", JsonSerializer.Serialize(new Holder("a", s_secret)));
        Assert.Equal("\"***\"", JsonSerializer.Serialize<object>(s_secret));
        Assert.Equal("""{"***":1}""", JsonSerializer.Serialize(new Dictionary<Secret, int> { [s_secret] = 1 }));
        Assert.Equal("[\"***\"]", JsonSerializer.Serialize(new List<object> { s_secret }));
        var set = new SecretSet("vault://secret/app", [KeyValuePair.Create("key", s_secret)]);
        Assert.Equal("""{"key":"***"}""", JsonSerializer.Serialize(set));
        Assert.Equal("vault://secret/app: 1 secrets", $"{set}");
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Secret>("\"value\""));
    }

    [Fact]
    public void Inspect_PublicSurface_OffersNoWayToTheValue()
    {
        Assert.Equal("***", typeof(Secret).GetCustomAttribute<DebuggerDisplayAttribute>()!.Value);
        Assert.All(typeof(Secret).GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Where(field => (string?)field.GetValue(s_secret) == Value),
            field => Assert.Equal(DebuggerBrowsableState.Never, field.GetCustomAttribute<DebuggerBrowsableAttribute>()!.State));
        foreach (PropertyInfo property in typeof(Secret).GetProperties())
            Assert.NotEqual(Value, property.GetValue(s_secret)?.ToString());
        Assert.DoesNotContain(typeof(Secret).GetMethods(BindingFlags.Public | BindingFlags.Static), method => method.Name is "op_Implicit" or "op_Explicit");
        Assert.Equal(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(s_secret), s_secret.GetHashCode()); // a hash of the value would tell it
        Assert.Empty(typeof(Secret).GetInterfaces()); // neither IFormattable nor IConvertible nor IEquatable: nothing else gets at the value
        Assert.NotEqual(s_secret, Secret.Of(Value, "env://TOKEN")); // nothing compares secrets by accident
    }
}
