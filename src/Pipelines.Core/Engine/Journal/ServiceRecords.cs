using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Pipelines.Core.Engine.Journal;

/// <summary>Outputs of a service's own types. Only what surely comes back whole is kept: sealed records and tuples of plain values, lists and further such records.</summary>
/// <remarks>System.Text.Json's serialiser is loaded here and nowhere else: a run without such outputs does not pay for it.</remarks>
internal static class ServiceRecords
{
    /// <summary>How many characters an output may have to be kept: the journal is no store for a tool's output.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>Escapes no more than it must: the masker has to find a secret in what is written.</summary>
    private static readonly JsonSerializerOptions s_options = new() { IncludeFields = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON; null where the type may not come back as it was.</summary>
    public static string? Write(object output, Type type, out string? reason)
    {
        reason = output.GetType() != type ? $"it is a {output.GetType().Name} where {TypeNames.Of(type)} is declared" : WhyNot(type, []);
        if (reason is null && !IsSmall(output))
            reason = TooLarge;
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

    public static string TooLarge => FormattableString.Invariant($"it has more than {MaxLength} characters");

    /// <summary>Counted before anything is written: a serialiser would hold all of it several times over.</summary>
    private static bool IsSmall(object output)
    {
        long left = MaxLength;
        Count(output);
        return left >= 0;

        void Count(object? value)
        {
            left--;
            if (value is null || left < 0)
                return;
            if (value is string text)
                left -= text.Length;
            else if (value is IEnumerable elements)
                foreach (object? element in elements)
                    Count(element);
            else if (value is ITuple tuple)
                for (int place = 0; place < tuple.Length; place++)
                    Count(tuple[place]);
            else if (!PlainValues.Knows(value.GetType()))
                foreach (PropertyInfo property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
                    Count(property.GetValue(value));
        }
    }

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
