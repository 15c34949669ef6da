namespace Constella.Api.Cli.Shells;

/// <summary>The scripts of the shells: each asks the program what may come, and so is never older than it.</summary>
internal static class ShellScripts
{
    private const string Bash = """
        # bash completion of constella
        _constella() {
          mapfile -t COMPREPLY < <(constella complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -F _constella constella

        """;

    private const string Zsh = """
        #compdef constella
        _constella() {
          local -a found
          local tab=$'\t'
          found=("${(@f)$(constella complete --describe -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
          found=("${(@)found//:/\\:}")
          found=("${(@)found//$tab/:}")
          [[ -n ${found[1]} ]] && _describe 'constella' found
        }
        if [[ ${funcstack[1]} == _constella ]]; then _constella "$@"; else compdef _constella constella; fi

        """;

    private const string Fish = """
        # fish completion of constella
        complete -c constella -f -a '(constella complete --describe -- (commandline -opc)[2..] "$(commandline -ct)" 2>/dev/null)'

        """;

    public static IReadOnlyList<string> Names { get; } = ["bash", "zsh", "fish"];

    public static string Of(string shell) => shell switch
    {
        "zsh" => Zsh,
        "fish" => Fish,
        _ => Bash,
    };
}
