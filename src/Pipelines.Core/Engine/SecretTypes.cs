using System.Collections.Concurrent;
using System.Reflection;

namespace Pipelines.Core.Engine;

/// <summary>Which types hold a <see cref="Secret"/>: directly, as an element or a type argument, or in a field or property of a type of the script's own, however deep.</summary>
internal static class SecretTypes
{
    private static readonly object s_yes = new(), s_no = new(); // not bool: a dictionary of references is compiled already
    private static readonly ConcurrentDictionary<Type, object> s_known = new();

    public static bool Holds(Type type)
    {
        if (!s_known.TryGetValue(type, out object? holds))
            s_known[type] = holds = Holds(type, []) ? s_yes : s_no;
        return holds == s_yes;
    }

    private static bool Holds(Type type, HashSet<Type> seen)
    {
        if (type == typeof(Secret) || type == typeof(SecretSet))
            return true;
        if (type.IsPrimitive || type.IsEnum || !seen.Add(type))
            return false;
        if (type.HasElementType)
            return Holds(type.GetElementType()!, seen);
        if (type.IsGenericType && type.GetGenericArguments().Any(argument => Holds(argument, seen)))
            return true;
        if (type.Assembly == typeof(object).Assembly || type.Assembly == typeof(Secret).Assembly || type.Namespace is "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true)
            return false; // the framework's and our own types hold none: evidence has references
        if (type.GetInterfaces().Any(face => face.IsGenericType && Holds(face, seen)))
            return true;
        for (Type? level = type; level is not null && level != typeof(object); level = level.BaseType) // private members of a base class are not among the type's own
            foreach (FieldInfo field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                if (Holds(field.FieldType, seen))
                    return true;
        return type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Any(property => Holds(property.PropertyType, seen));
    }
}
