using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Pipelines.Testing;

/// <summary>The public API of an assembly as a text to review: one line a member, as C# would write it, in a stable order.</summary>
public static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Compares the API with the reviewed text, <c>src/PROJECT/PublicApi.txt</c>, and returns what differs; null where nothing does. With UPDATE_PUBLIC_API=1 it writes the text instead.</summary>
    public static string? Difference(Assembly assembly)
    {
        string project = assembly.GetName().Name!;
        string path = Path.Combine(Root(), "src", project, "PublicApi.txt");
        string actual = Text(assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_PUBLIC_API") == "1")
        {
            File.WriteAllText(path, actual);
            return null;
        }

        string[] expectedLines = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n') : [];
        string[] actualLines = actual.Split('\n');
        if (expectedLines.AsSpan().SequenceEqual(actualLines))
            return null;
        IEnumerable<string> gone = Qualified(expectedLines).Except(Qualified(actualLines)).Select(line => "- " + line);
        IEnumerable<string> added = Qualified(actualLines).Except(Qualified(expectedLines)).Select(line => "+ " + line);
        return $"""
            The public API of {project} is not the reviewed one:
            {string.Join('\n', gone.Concat(added))}
            A line with '-' breaks users and needs a major version. If the change is meant, accept it and review the diff of src/{project}/PublicApi.txt:
              UPDATE_PUBLIC_API=1 dotnet run --project tests/{project}.Tests -- --filter-class "*PublicApiTests"
            """;
    }

    /// <summary>The API as text.</summary>
    public static string Text(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Each member with its type, so that equal members of two types are told apart.</summary>
    private static IEnumerable<string> Qualified(string[] lines)
    {
        string type = "";
        foreach (string line in lines.Where(line => line.Length > 0))
        {
            if (!line.StartsWith(' '))
                type = line.Split(' ').TakeWhile(word => word != ":").Last();
            yield return line.StartsWith(' ') ? $"{type}: {line.Trim()}" : line;
        }
    }

    private static string Header(Type type)
    {
        bool isRecord = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", Declared) is not null;
        string kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? (IsReadOnly(type) ? "readonly " : "") + (isRecord ? "record struct" : "struct")
            : (type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "") + (isRecord ? "record" : "class");
        IEnumerable<Type> inherited = type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []);
        inherited = inherited.Except(inherited.SelectMany(one => one.GetInterfaces()))
            .Where(one => !one.IsGenericType || one.GetGenericTypeDefinition() != typeof(IEquatable<>)).OrderBy(one => one.ToString(), StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            inherited = inherited.Prepend(parent);
        string[] parents = type.IsEnum ? [] : [.. inherited.Select(Name)];
        return $"{kind} {type.Namespace}.{Name(type)}{(parents.Length == 0 ? "" : " : " + string.Join(", ", parents))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        var nullability = new NullabilityInfoContext();
        var members = new List<string>();
        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(IsVisible))
            members.Add($"{Access(constructor)}{type.Name.Split('`')[0]}({Parameters(constructor, nullability)})");
        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
            members.Add($"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType, nullability.Create(field))} {field.Name}");
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            MethodInfo? accessor = property.GetMethod is { } get && IsVisible(get) ? get : property.SetMethod;
            if (accessor is null || !IsVisible(accessor) || property.Name == "EqualityContract")
                continue;
            string set = property.SetMethod is { } setter && IsVisible(setter) ? (setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;") : "";
            string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
            members.Add($"{Access(accessor)}{required}{Name(property.PropertyType, nullability.Create(property))} {property.Name} {{ get;{set} }}");
        }

        foreach (EventInfo one in type.GetEvents(Declared).Where(one => IsVisible(one.AddMethod!)))
            members.Add($"event {Name(one.EventHandlerType!)} {one.Name}");
        foreach (MethodInfo method in type.GetMethods(Declared).Where(method => IsVisible(method) && !IsSynthesised(method)))
        {
            string generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
            members.Add($"{Access(method)}{Name(method.ReturnType, nullability.Create(method.ReturnParameter))} {method.Name}{generics}({Parameters(method, nullability)})");
        }

        return members;
    }

    private static string Parameters(MethodBase method, NullabilityInfoContext nullability)
    {
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute), false);
        return string.Join(", ", method.GetParameters().Select(parameter =>
        {
            string prefix = isExtension && parameter.Position == 0 ? "this "
                : parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) ? "params "
                : parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
            string value = !parameter.HasDefaultValue ? "" : parameter.DefaultValue switch
            {
                null => parameter.ParameterType.IsValueType ? " = default" : " = null",
                string text => $" = \"{text}\"",
                bool flag => flag ? " = true" : " = false",
                { } other => $" = {other}",
            };
            return $"{prefix}{Name(parameter.ParameterType, nullability.Create(parameter))} {parameter.Name}{value}";
        }));
    }

    private static string Name(Type type, NullabilityInfo info)
    {
        if (Nullable.GetUnderlyingType(type) is not null || type.IsByRef)
            return Name(type);
        string name = type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length
            ? $"{Bare(type)}<{string.Join(", ", type.GetGenericArguments().Zip(info.GenericTypeArguments, Name))}>"
            : Name(type);
        return !type.IsValueType && info.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Name(value) + "?";
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        string name = type switch
        {
            _ when type == typeof(string) => "string",
            _ when type == typeof(bool) => "bool",
            _ when type == typeof(int) => "int",
            _ when type == typeof(long) => "long",
            _ when type == typeof(double) => "double",
            _ when type == typeof(object) => "object",
            _ when type == typeof(void) => "void",
            _ => Bare(type),
        };
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    private static string Bare(Type type)
    {
        string name = type.Name.Split('`')[0];
        return type is { IsNested: true, IsGenericParameter: false } ? $"{Bare(type.DeclaringType!)}.{name}" : name;
    }

    private static string Access(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "")
        + (method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface || method is not MethodInfo { IsVirtual: true, IsFinal: false } info || method.DeclaringType.IsSealed ? ""
            : info.GetBaseDefinition() != info ? "override " : method.IsAbstract ? "abstract " : "virtual ");

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsSynthesised(MethodInfo method) =>
        (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal)) || method.IsDefined(typeof(CompilerGeneratedAttribute), false) || method.Name.Contains('<', StringComparison.Ordinal);

    private static bool IsReadOnly(Type type) => type.IsDefined(typeof(IsReadOnlyAttribute), false);

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipelines.sln")))
                return folder.FullName;
        throw new InvalidOperationException("The tests must run from inside the repository: no folder above them holds Pipelines.sln.");
    }
}
