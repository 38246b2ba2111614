using System.Text;
using System.Text.RegularExpressions;

namespace Pipelines.Core.Stages.Image;

/// <summary>The patterns of a <c>.dockerignore</c> (<see href="https://docs.docker.com/build/concepts/context/#dockerignore-files"/>): <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>**</c>, <c>!</c> and comments; the last pattern that fits decides.</summary>
internal sealed class IgnoreList
{
    private readonly List<(Regex Pattern, bool Excludes)> _rules = [];

    public IgnoreList(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string pattern = line.Trim();
            if (pattern.Length == 0 || line.StartsWith('#'))
                continue;
            bool excludes = pattern[0] != '!';
            pattern = (excludes ? pattern : pattern[1..].Trim()).Replace('\\', '/').Trim('/');
            if (pattern.StartsWith("./", StringComparison.Ordinal))
                pattern = pattern[2..];
            if (pattern.Length > 0)
                _rules.Add((Compile(pattern), excludes));
        }
    }

    /// <summary>Reads the ignore file of a build: <c>NAME.dockerignore</c> beside the Dockerfile, or else <c>.dockerignore</c> in the context.</summary>
    public static IgnoreList Read(string folder, string dockerfile)
    {
        string own = dockerfile + ".dockerignore";
        string shared = Path.Combine(folder, ".dockerignore");
        return new IgnoreList(File.Exists(own) ? File.ReadLines(own) : File.Exists(shared) ? File.ReadLines(shared) : []);
    }

    /// <summary>Whether a file stays out; its folders count too, as a pattern for a folder takes all below it.</summary>
    /// <param name="path">From the context's root, with slashes.</param>
    public bool Excludes(string path)
    {
        bool excluded = false;
        foreach ((Regex pattern, bool excludes) in _rules)
            if (excluded != excludes && MatchesPathOrParent(pattern, path))
                excluded = excludes;
        return excluded;
    }

    private static bool MatchesPathOrParent(Regex pattern, string path)
    {
        for (int end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
            if (pattern.IsMatch(path.AsSpan(0, end)))
                return true;
        return false;
    }

    private static Regex Compile(string pattern)
    {
        var regex = new StringBuilder("^");
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when pattern.AsSpan(i).StartsWith("**/"):
                    regex.Append("(?:.*/)?");
                    i += 2;
                    break;
                case '*' when pattern.AsSpan(i).StartsWith("**"):
                    regex.Append(".*");
                    i++;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is > 0 and var close:
                    regex.Append('[').Append(pattern[(i + 1)..close].Replace("[", "\\[", StringComparison.Ordinal)).Append(']');
                    i = close;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return new Regex(regex.Append("\\z").ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}
