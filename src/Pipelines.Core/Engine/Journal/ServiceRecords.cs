using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Pipelines.Core.Engine.Journal;

/// <summary>Outputs of a service's own types. Only what surely comes back whole is kept: sealed records and tuples of plain values, lists and further such records.</summary>
/// <remarks>System.Text.Json's serialiser is loaded here and nowhere else: a run without such outputs does not pay for it.</remarks>
internal static class ServiceRecords
{
    private static readonly JsonSerializerOptions s_options = new() { IncludeFields = true };

    /// <summary>The JSON; null where the type may not come back as it was.</summary>
    public static string? Write(object output, Type type, out string? reason)
    {
        reason = output.GetType() != type ? $"it is a {output.GetType().Name} where {TypeNames.Of(type)} is declared" : WhyNot(type, []);
        if (reason is not null)
            return null;
        try
        {
            return JsonSerializer.Serialize(output, type, s_options);
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or InvalidOperationException)
        {
            reason = exception.Message;
            return null;
        }
    }

    public static object? Read(JsonElement json, Type type) => WhyNot(type, []) is { } reason ? throw new OutputGoneException(reason) : json.Deserialize(type, s_options);

    private static string? WhyNot(Type type, HashSet<Type> seen)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!seen.Add(type) || (PlainValues.Knows(type) && type != typeof(ImageReference)))
            return null;
        if (type.IsSZArray)
            return WhyNot(type.GetElementType()!, seen);
        if (type.IsGenericType && IsCollection(type.GetGenericTypeDefinition()))
            return type.GetGenericArguments().Select(argument => WhyNot(argument, seen)).FirstOrDefault(reason => reason is not null);
        if (type.IsGenericType && type.IsAssignableTo(typeof(ITuple)) && type.IsValueType)
            return type.GetGenericArguments().Select(argument => WhyNot(argument, seen)).FirstOrDefault(reason => reason is not null);
        string name = TypeNames.Of(type);
        if (type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is null)
            return $"{name} is no record";
        if (!type.IsSealed)
            return $"{name} is not sealed";
        if (type.GetConstructors() is not [var constructor] && type.GetConstructor([]) is null && !type.IsValueType)
            return $"{name} has no public constructor, or several";
        HashSet<string> parameters = new((type.GetConstructors().SingleOrDefault()?.GetParameters() ?? []).Select(parameter => parameter.Name!), StringComparer.OrdinalIgnoreCase);
        foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            string property = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
            if (type.GetProperty(property) is not { } found || (found.SetMethod is not { IsPublic: true } && !parameters.Contains(property)))
                return $"{name}.{property} cannot be set from outside";
            if (WhyNot(field.FieldType, seen) is { } reason)
                return reason;
        }

        return null;
    }

    private static bool IsCollection(Type definition) =>
        definition == typeof(List<>) || definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>) || definition == typeof(IList<>)
        || definition == typeof(Dictionary<,>) || definition == typeof(IReadOnlyDictionary<,>) || definition == typeof(IDictionary<,>);
}
