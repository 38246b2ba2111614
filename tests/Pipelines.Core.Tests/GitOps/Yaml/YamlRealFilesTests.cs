using System.Text;
using Pipelines.Core.GitOps;

namespace Pipelines.Core.Tests.GitOps.Yaml;

/// <summary>Values files that people really maintain, where they are beside the repository; and many that are made up.</summary>
public class YamlRealFilesTests
{
    private static readonly YamlKeyPath Path = YamlKeyPath.Parse("image.tag");

    [Fact]
    public void Set_RealValuesFiles_ChangesOneLineAndBackGivesTheSameBytes()
    {
        string? folder = FindData();
        Assert.SkipWhen(folder is null, "shared/data/values is not beside this checkout");
        string[] files = Directory.GetFiles(folder!, "*.yaml");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            byte[] before = File.ReadAllBytes(file);
            YamlScalarEdit edit = YamlScalarEdit.Open(System.IO.Path.GetFileName(file), before, Path);
            byte[] after = edit.Set("0123456789abcdef0123456789abcdef01234567");
            string[] linesBefore = Encoding.UTF8.GetString(before).Split('\n');
            string[] linesAfter = Encoding.UTF8.GetString(after).Split('\n');
            Assert.Equal(linesBefore.Length, linesAfter.Length);
            Assert.Single(linesBefore.Zip(linesAfter).Where(pair => pair.First != pair.Second));

            YamlScalarEdit changed = YamlScalarEdit.Open("changed", after, Path);
            Assert.Equal("0123456789abcdef0123456789abcdef01234567", changed.Value);
            Assert.Equal(before, changed.SetAsIn(edit));
            if (edit.Value is not null)
                Assert.Equal(before, changed.Set(edit.Value));
        }
    }

    [Fact]
    public void Set_GeneratedFiles_ChangeOnlyTheValueAndBackGivesTheSameBytes()
    {
        var random = new Random(20260102);
        for (int round = 0; round < 400; round++)
        {
            string end = random.Next(3) == 0 ? "\r\n" : "\n";
            string[] values = ["old", "'old'", "\"old\"", "\"o\\tld\"", "1.20", "&anchor old", "!!str 12", "", "''", "~", "old # comment", "'it''s' # comment", "|-" + end + "    old", ">" + end + "    old" + end];
            string value = values[random.Next(values.Length)];
            var text = new StringBuilder(random.Next(5) == 0 ? "\uFEFF" : "");
            Noise(text, random, end, "", "a");
            if (random.Next(6) == 0 && value is "old" or "'old'" or "\"old\"" or "1.20" or "''")
            {
                text.Append($"image: {{pullPolicy: Always, \"tag\": {value}, x: [1, {{tag: no}}]}}").Append(end);
            }
            else
            {
                text.Append("image:").Append(end);
                Noise(text, random, end, "  ", "b");
                text.Append(value.Length == 0 ? "  tag:" : "  tag: " + value).Append(end);
                Noise(text, random, end, "  ", "c");
            }

            Noise(text, random, end, "", "d");
            string before = random.Next(4) == 0 ? text.ToString().TrimEnd('\r', '\n') : text.ToString();
            byte[] bytes = Encoding.UTF8.GetBytes(before);
            string tag = new[] { "0123456789abcdef", "1234567e12", "99999999", "v1", "true" }[random.Next(5)];

            YamlScalarEdit edit = YamlScalarEdit.Open("generated", bytes, Path);
            byte[] after = edit.Set(tag);
            YamlScalarEdit changed = YamlScalarEdit.Open("generated", after, Path);
            Assert.Equal(tag, changed.Value);
            Assert.Equal(before, Encoding.UTF8.GetString(changed.SetAsIn(edit)));
            string[] linesBefore = before.Split('\n');
            string[] linesAfter = Encoding.UTF8.GetString(after).Split('\n');
            Assert.Equal(linesBefore.Length, linesAfter.Length);
            Assert.Single(linesBefore.Zip(linesAfter).Where(pair => pair.First != pair.Second));
        }
    }

    private static void Noise(StringBuilder text, Random random, string end, string indent, string prefix)
    {
        for (int i = random.Next(4); i > 0; i--)
        {
            string key = prefix + i;
            text.Append(indent).Append(random.Next(9) switch
            {
                0 => "# tag: commented",
                1 => "",
                2 => $"{key}: 'ünï 😀 — tag: x'",
                3 => $"{key}:{end}{indent}  tag: inner",
                4 => $"{key}: |{end}{indent}  tag: text{end}{end}{indent}  more",
                5 => $"{key}: [a, {{tag: b}}] # tag",
                6 => $"{key}: &{key} {{tag: z}}{end}{indent}{key}r: *{key}",
                7 => $"{key}:{end}{indent}- tag: 1{end}{indent}- tag: 2",
                _ => $"\"{key}\":   \"a \\\" b\"",
            }).Append(end);
        }
    }

    private static string? FindData()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = System.IO.Path.Combine(folder.FullName, "shared", "data", "values");
            if (Directory.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
